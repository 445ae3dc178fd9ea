import fc from 'fast-check';
import { elaborate, networkOfCounts, ReferenceEngine } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { runInferences } from '@adiabit/simulator/engines';
import { beforeAll, describe, expect, it } from 'vitest';
import { ChangeList, hexOf, record, replay, type Recording, type Vector } from './recording.js';
import { SignalIndex } from './signals.js';

const circuit = elaborate(
  'tiny',
  networkOfCounts([
    {
      activation: 'threshold',
      inputs: 9,
      outputs: 5,
      inputBits: 3,
      shift: 0,
      weights: bitMatrixFrom(5, 9, (row, column) => (row * 5 + column * 3) % 4 < 2),
      thresholds: Uint32Array.of(20, 25, 30, 35, 28),
      offsets: new Int32Array(),
    },
    {
      activation: 'integer',
      inputs: 5,
      outputs: 3,
      inputBits: 1,
      shift: 1,
      weights: bitMatrixFrom(3, 5, (row, column) => (row + column) % 2 === 0),
      thresholds: new Uint32Array(),
      offsets: Int32Array.of(-4, 3, -2),
    },
  ]),
);
const input = Uint8Array.of(7, 0, 3, 5, 1, 6, 2, 4, 7);
const { netlist } = circuit;
const signals = new SignalIndex(netlist);
const names = [...netlist.outputs, ...netlist.probes].map(({ name }) => name);

/** What the engine itself has at its output ports, cycle by cycle. */
async function engineValues(): Promise<readonly ReadonlyMap<string, string>[]> {
  const engine = new ReferenceEngine(netlist);
  const cycles: Map<string, string>[] = [];
  const clock = engine.clock.bind(engine);
  engine.clock = () => {
    cycles.push(
      new Map(
        netlist.outputs.map(({ name }) => {
          const words = engine.getOutput(name);
          return [name, hexOf(Uint32Array.from(words.keys()), (bit) => words[bit])];
        }),
      ),
    );
    clock();
  };
  await runInferences(circuit, engine, [input]);
  return cycles;
}

describe('a recording of an inference', () => {
  let recording: Recording;
  let engine: readonly ReadonlyMap<string, string>[];
  beforeAll(async () => {
    recording = await record(circuit, input);
    engine = await engineValues();
  });

  /** The signals over a window, and the value of one of them in a cycle. */
  function traced(from: number, to: number, vectors: readonly Vector[]): (name: string, cycle: number) => string {
    const changes = new ChangeList(vectors);
    replay(recording.values!, from, to, (cycle, value) => changes.sample(cycle, value));
    const found = new Map(changes.signals().map((signal) => [signal.name, signal]));
    return (name, cycle) => {
      const { cycles, values } = found.get(name)!;
      return values[cycles.findLastIndex((one) => one <= cycle)];
    };
  }

  it('has in any cycle of any window what the reference engine has at its ports', () => {
    fc.assert(
      fc.property(fc.nat(recording.cycles - 1), fc.nat(recording.cycles - 1), fc.nat(1000), (one, other, pick) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
        const at = traced(
          from,
          to,
          names.map((name) => signals.vector(name)),
        );
        const cycle = from + (pick % (to - from));
        for (const [name, value] of engine[cycle]) expect(at(name, cycle)).toBe(value);
      }),
    );
  });

  it('knows single bits of a signal and nets by number', () => {
    const [first] = netlist.outputs;
    const net = `n${first.nets[1]}`;
    const at = traced(
      0,
      recording.cycles,
      [first.name, `${first.name}[1]`, net].map((name) => signals.vector(name)),
    );
    for (let cycle = 0; cycle < recording.cycles; cycle++) {
      const bit = String((Number.parseInt(at(first.name, cycle), 16) >> 1) & 1);
      expect(at(`${first.name}[1]`, cycle)).toBe(bit);
      expect(at(net, cycle)).toBe(bit);
    }
  });

  it('sees the same cycles while it is made as it shows later', async () => {
    const seen = new ChangeList(names.map((name) => signals.vector(name)));
    await record(circuit, input, {}, (cycle, value) => seen.sample(cycle, value));
    const shown = new ChangeList(names.map((name) => signals.vector(name)));
    replay(recording.values!, 0, Infinity, (cycle, value) => shown.sample(cycle, value));
    expect(seen.signals()).toEqual(shown.signals());
  });

  it('is stopped by what is thrown while it tells how far it is', async () => {
    const stop = (done: number): void => {
      if (done === 4) throw new Error('enough');
    };
    await expect(record(circuit, input, { onProgress: stop })).rejects.toThrow('enough');
  });
});

describe('the signals of a circuit', () => {
  it('are found by words of their names, and any net by its number', () => {
    expect(signals.search('layer0 neuron3', 10).signals.map(({ name }) => name)).toEqual([
      'layer0.neuron3.accumulator',
    ]);
    expect(signals.search('N17', 10).signals[0].name).toBe('n17');
    expect(signals.search('', 3)).toMatchObject({ signals: { length: 3 } });
    expect(signals.search('nothing of the kind', 3)).toEqual({ total: 0, signals: [] });
  });

  it('are refused by a name that none has', () => {
    for (const name of ['y9', 'y0[99]', 'n999999', 'n-1', '']) {
      expect(() => signals.vector(name)).toThrow(expect.objectContaining({ code: 'app.not-found' }) as Error);
    }
  });
});
