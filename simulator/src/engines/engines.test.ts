import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import { NetlistBuilder } from '../netlist/builder.js';
import { parseNetlist } from '../netlist/parse.js';
import { INPUT_WIDTH, randomNetlist } from '../netlist/testing/random-netlist.js';
import { CompiledEngine } from './compiled.js';
import { registersOf } from '../faults/sites.js';
import type { Engine, StateBit } from './engine.js';
import { gatherLanes, sliceIntoLanes } from './lanes.js';
import { ReferenceEngine } from './reference.js';

/** Runs the same stimulus on an engine and returns what lane `lane` of port y showed in every cycle. */
function run(
  engine: Engine,
  configuration: number[],
  stimulus: readonly Uint8Array[][],
  lane: number,
  onCycle: (cycle: number) => void = () => undefined,
): string[] {
  engine.configure(bitMatrixFrom(1, configuration.length, (_, bit) => configuration[bit] === 1));
  engine.reset();
  return stimulus.map((lanes, cycle) => {
    onCycle(cycle);
    const values = engine.lanes === 1 ? [lanes[lane]] : lanes;
    engine.setInput('x', sliceIntoLanes(values, 1, engine.wordsPerNet)[0]);
    engine.evaluate();
    const words = engine.getOutput('y');
    const at = engine.lanes === 1 ? 0 : lane;
    const bits = Array.from(
      { length: words.length / engine.wordsPerNet },
      (_, bit) => (words[bit * engine.wordsPerNet + (at >>> 5)] >>> (at & 31)) & 1,
    );
    engine.clock();
    return bits.join('');
  });
}

describe('the compiled engine', () => {
  it('shows the same nets as the reference engine in every cycle and lane', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 3 }), (stream, vectors) => {
        const noise = (): number => Number(stream.next().value);
        const { netlist, configurationBits } = randomNetlist(noise);
        const compiled = new CompiledEngine(netlist, vectors);
        const reference = new ReferenceEngine(netlist);
        const configuration = Array.from({ length: configurationBits }, () => noise() % 2);
        const stimulus = Array.from({ length: 5 }, () =>
          Array.from({ length: compiled.lanes }, () => Uint8Array.from({ length: INPUT_WIDTH }, () => noise() % 2)),
        );
        for (const lane of [0, 31, 32, 63, 127, compiled.lanes - 1]) {
          expect(run(compiled, configuration, stimulus, lane)).toEqual(run(reference, configuration, stimulus, lane));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('flips registers and bits of memories in some lanes as the reference engine does in its one', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (stream) => {
        const noise = (): number => Number(stream.next().value);
        const { netlist, configurationBits } = randomNetlist(noise);
        const registers = registersOf(netlist);
        const compiled = new CompiledEngine(netlist, 1);
        const reference = new ReferenceEngine(netlist);
        const configuration = Array.from({ length: configurationBits }, () => noise() % 2);
        const stimulus = Array.from({ length: 6 }, () =>
          Array.from({ length: compiled.lanes }, () => Uint8Array.from({ length: INPUT_WIDTH }, () => noise() % 2)),
        );
        const flips = stimulus.map(() =>
          Array.from({ length: noise() % 3 }, () => {
            const memory = noise() % netlist.memories.length;
            const { depth, data } = netlist.memories[memory];
            const bit: StateBit =
              noise() % 3 > 0
                ? { memory, bit: noise() % (depth * data.length) }
                : { register: registers[noise() % registers.length] };
            return {
              bit,
              lanes: Uint32Array.from({ length: compiled.wordsPerNet }, () => noise() * 2 + (noise() % 2)),
            };
          }),
        );
        for (const lane of [0, 31, 32, 127]) {
          const all = (cycle: number): void => flips[cycle].forEach(({ bit, lanes }) => compiled.flip(bit, lanes));
          const one = (cycle: number): void =>
            flips[cycle].forEach(({ bit, lanes }) =>
              reference.flip(bit, Uint32Array.of((lanes[lane >>> 5] >>> (lane & 31)) & 1)),
            );
          expect(run(compiled, configuration, stimulus, lane, all)).toEqual(
            run(reference, configuration, stimulus, lane, one),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('flips nothing that is no state of the netlist', () => {
    const { netlist } = randomNetlist(() => 7);
    for (const engine of [new CompiledEngine(netlist, 1), new ReferenceEngine(netlist)]) {
      const lanes = new Uint32Array(engine.wordsPerNet);
      expect(() => engine.flip({ register: 0 }, lanes)).toThrow('no register');
      expect(() => engine.flip({ memory: 0, bit: 15 }, lanes)).toThrow('no bit 15 in memory 0');
      expect(() => engine.flip({ memory: 3, bit: 0 }, lanes)).toThrow('no bit 0 in memory 3');
    }
  });

  it('keeps slots of configuration words out of the pool of free slots', () => {
    const builder = new NetlistBuilder('splat');
    const x = builder.input('x', INPUT_WIDTH);
    const products = Array.from(x, (net) => builder.xnor(net, builder.configuration()));
    builder.output('y', [products.reduce((sum, net) => builder.xor(sum, net))]);
    const netlist = builder.build();
    const stimulus = [[Uint8Array.of(1, 0, 1, 1, 0, 1)]];
    const configuration = [1, 1, 0, 0, 1, 0];
    expect(run(new CompiledEngine(netlist), configuration, stimulus, 0)).toEqual(
      run(new ReferenceEngine(netlist), configuration, stimulus, 0),
    );
  });
});

describe('registers written in place', () => {
  const shown = (text: string): void => {
    const netlist = parseNetlist(`netlist x\n${text}`);
    const width = netlist.inputs[0].nets.length;
    const stimulus = Array.from({ length: 12 }, (_, cycle) => [
      Uint8Array.from({ length: width }, (_unused, bit) => ((cycle * 5 + bit * 3) >> 1) & 1),
    ]);
    expect(run(new CompiledEngine(netlist, 2), [], stimulus, 0)).toEqual(
      run(new ReferenceEngine(netlist), [], stimulus, 0),
    );
  };

  it('may feed each other in a ring, be counters, or have the same input', () => {
    shown('input x n2\nn3 = register n4\nn4 = register n5\nn5 = xor n3 n2\noutput y n3 n4 n5');
    shown('input x n2\nn3 = register n5\nn4 = register n6\nn5 n6 = half-adder n3 n2\nn7 = and n3 n4\noutput y n7');
    shown('input x n2 n3\nn4 = xor n2 n3\nn5 = register n4\nn6 = register n4\nn7 = mux n5 n6 n2\noutput y n7 n4');
  });

  it('may swap their values through logic, which no order allows in place', () => {
    shown('input x n2\nn3 = register n6\nn4 = register n5\nn5 = or n3 n2\nn6 = not n4\nn7 = xor n3 n4\noutput y n7');
  });

  it('are evaluated once a cycle', () => {
    const engine = new CompiledEngine(parseNetlist('netlist x\ninput x n2\nn3 = not n2\noutput y n3'), 1);
    engine.evaluate();
    expect(() => engine.evaluate()).toThrow('once a cycle');
    engine.clock();
    engine.evaluate();
  });
});

it('a chain of 30,000 inverters is no deeper than the stack', () => {
  const builder = new NetlistBuilder('deep');
  const [x] = builder.input('x', 1);
  let net = x;
  for (let index = 0; index < 30_000; index++) net = builder.not(net);
  builder.output('y', [net]);
  const stimulus = [[Uint8Array.of(1)], [Uint8Array.of(0)]];
  expect(run(new CompiledEngine(builder.build(), 1), [], stimulus, 0)).toEqual(['1', '0']);
});

describe('lanes', () => {
  it('hold every value and plane, at counts around four and lanes around a word', () => {
    for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 33]) {
      for (const lanes of [1, 31, 32, 33, 65]) {
        const inputs = Array.from({ length: lanes }, (_, lane) =>
          Uint8Array.from({ length: count }, (_unused, index) => (lane * 41 + index * 59) & 7),
        );
        const planes = sliceIntoLanes(inputs, 3, 4);
        planes.forEach((plane, bit) => {
          expect(plane).toHaveLength(count * 4);
          inputs.forEach((values, lane) =>
            values.forEach((value, index) =>
              expect((plane[index * 4 + (lane >>> 5)] >>> (lane & 31)) & 1).toBe((value >> bit) & 1),
            ),
          );
        });
      }
    }
  });

  it('are the inverse of reading numbers back, at every width around a word', () => {
    for (const count of [1, 31, 32, 33, 63, 64, 65]) {
      const numbers = Array.from({ length: count }, (_, lane) => (lane * 37) % 256);
      const wordsPerNet = Math.ceil(count / 32);
      const planes = sliceIntoLanes(
        numbers.map((value) => Uint8Array.of(value)),
        8,
        wordsPerNet,
      );
      const words = Uint32Array.from(planes.flatMap((plane) => [...plane]));
      expect([...gatherLanes(words, count, wordsPerNet, false)]).toEqual(numbers);
      const signed = numbers.map((value) => (value << 24) >> 24);
      expect([...gatherLanes(words, count, wordsPerNet, true)]).toEqual(signed);
    }
  });
});
