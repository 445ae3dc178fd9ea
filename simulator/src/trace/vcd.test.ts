import { parse } from 'vcd-parser';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { networkOfCounts } from '../network/counts.js';
import { NANOSECONDS_PER_CYCLE } from './vcd.js';
import { traceInference } from './trace-inference.js';

/** One hidden neuron with weights + - +, firing from 5 up; one output 4 * bit - 2. */
const circuit = elaborate(
  'tiny',
  networkOfCounts([
    {
      activation: 'threshold',
      inputs: 3,
      outputs: 1,
      inputBits: 2,
      shift: 0,
      weights: bitMatrixFrom(1, 3, (_, column) => column !== 1),
      thresholds: Uint32Array.of(5),
      offsets: new Int32Array(),
    },
    {
      activation: 'integer',
      inputs: 1,
      outputs: 1,
      inputBits: 1,
      shift: 2,
      weights: bitMatrixFrom(1, 1, () => true),
      thresholds: new Uint32Array(),
      offsets: Int32Array.of(-2),
    },
  ]),
);

describe('the waveform of an inference', () => {
  it('parses, and shows the accumulator after the last plane and the output when valid rises', async () => {
    const { vcd, run } = await traceInference(circuit, Uint8Array.of(3, 1, 2));
    expect([...run.outputs]).toEqual([2]);
    const { signal } = await parse(vcd);
    const wave = (name: string): [string, string][] => {
      const found = signal.find((candidate) => candidate.name.replace(/\[.*\]$/, '') === name);
      if (!found) throw new Error(`no signal ${name} among ${signal.map((candidate) => candidate.name).join(' ')}`);
      return found.wave;
    };
    const at = (name: string, cycle: number): string => {
      const changes = wave(name).filter(([time]) => Number(time) <= cycle * NANOSECONDS_PER_CYCLE);
      return changes[changes.length - 1][1];
    };
    const { latency } = circuit.timing;
    expect(parseInt(at('circuit.layer0.neuron0.accumulator', 3), 2)).toBe(3 + (3 - 1) + 2);
    expect(at('circuit.valid', latency)).toBe('1');
    expect(at('circuit.valid', latency - 1)).toBe('0');
    expect(parseInt(at('circuit.y0', latency), 2)).toBe(2);
    expect(wave('circuit.clk').filter(([, value]) => value === '1')).toHaveLength(latency + 1);
  });

  it('leaves out probes that were not selected', async () => {
    const { vcd } = await traceInference(circuit, Uint8Array.of(0, 0, 0), {
      select: (name) => name === 'layer0.fires',
    });
    expect(vcd).toContain(' fires $end');
    expect(vcd).not.toContain('accumulator');
  });
});
