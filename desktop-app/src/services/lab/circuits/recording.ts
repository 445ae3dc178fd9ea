import { recordInference, VcdWriter, type TracedSignal as Recorded } from '@adiabit/simulator/analysis';
import type { Machine } from '@adiabit/simulator/circuit';
import type { TracedSignal } from '../../../common/contract/circuits.js';

/** The bytes that the values of all nets in all cycles may take. */
const MOST_BYTES = 96 * 2 ** 20;

/** Sees the settled nets of a cycle. */
export type Watch = (cycle: number, value: (net: number) => number) => void;

export type Vector = Recorded & { readonly signed: boolean };

/** One inference on the reference engine: every net in every cycle, a bit each. */
export interface Recording {
  readonly cycles: number;
  readonly class: number;
  readonly outputs: readonly number[];
  /** By cycle; absent where the circuit is too large to keep them. */
  readonly values?: readonly Uint8Array[];
}

/** Tells whether all values of an inference are kept: then every further signal is known at once. */
export const isKept = ({ netlist, timing }: Machine): boolean =>
  (timing.latency + 1) * Math.ceil(netlist.netCount / 8) <= MOST_BYTES;

/**
 * Simulates an inference.
 * @param onCycle sees the nets of every cycle
 * @param onProgress is told of every cycle; what it throws ends the simulation
 * @throws as `recordInference` does
 */
export async function record(
  circuit: Machine,
  input: Uint8Array,
  { onProgress }: { readonly onProgress?: (done: number, total: number) => void } = {},
  onCycle: Watch = () => undefined,
): Promise<Recording> {
  const keeps = isKept(circuit);
  const kept: Uint8Array[] = [];
  const { latency } = circuit.timing;
  const run = await recordInference(circuit, input, (cycle, values) => {
    if (keeps) kept.push(packed(values));
    onCycle(cycle, (net) => values[net]);
    onProgress?.(cycle + 1, latency + 1);
  });
  return {
    cycles: run.cycles,
    class: run.classes[0],
    outputs: [...run.outputs],
    ...(keeps ? { values: kept } : {}),
  };
}

/** Shows the cycles of a recording that kept its values. */
export function replay(values: readonly Uint8Array[], from: number, to: number, onCycle: Watch): void {
  for (let cycle = from; cycle < Math.min(to, values.length); cycle++) {
    const bits = values[cycle];
    onCycle(cycle, (net) => (bits[net >>> 3] >>> (net & 7)) & 1);
  }
}

function packed(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (let net = 0; net < values.length; net++) bits[net >>> 3] |= values[net] << (net & 7);
  return bits;
}

/** Collects the values of signals as they change. */
export class ChangeList {
  readonly #signals: readonly { readonly vector: Vector; readonly cycles: number[]; readonly values: string[] }[];

  constructor(vectors: readonly Vector[]) {
    this.#signals = vectors.map((vector) => ({ vector, cycles: [], values: [] }));
  }

  sample(cycle: number, value: (net: number) => number): void {
    for (const { vector, cycles, values } of this.#signals) {
      const now = hexOf(vector.nets, value);
      if (values.at(-1) === now) continue;
      cycles.push(cycle);
      values.push(now);
    }
  }

  signals(): readonly TracedSignal[] {
    return this.#signals.map(({ vector: { name, nets, signed }, cycles, values }) => ({
      name,
      width: nets.length,
      signed,
      cycles,
      values,
    }));
  }
}

/** Writes bits as hexadecimal digits, the highest first. */
export function hexOf(nets: ArrayLike<number>, value: (net: number) => number): string {
  let text = '';
  for (let digit = Math.ceil(nets.length / 4) - 1; digit >= 0; digit--) {
    let sum = 0;
    for (let bit = Math.min(nets.length, digit * 4 + 4) - 1; bit >= digit * 4; bit--) sum = 2 * sum + value(nets[bit]);
    text += sum.toString(16);
  }
  return text;
}

/** Writes signals as VCD while their cycles pass. */
export function vcdOf(
  title: string,
  vectors: readonly Vector[],
  netCount: number,
): {
  readonly sample: Watch;
  readonly end: () => string;
} {
  const writer = new VcdWriter(title, vectors);
  const values = new Uint8Array(netCount);
  return {
    sample: (_cycle, value) => {
      for (const { nets } of vectors) for (const net of nets) values[net] = value(net);
      writer.sample(values);
    },
    end: () => writer.end(),
  };
}
