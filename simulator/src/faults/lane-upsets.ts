import { CompiledEngine } from '../engines/compiled.js';
import { vectorsForInputs } from '../engines/lanes.js';
import type { StateBit } from '../engines/engine.js';
import type { Machine } from '../circuit/circuit.js';
import { counted, NO_OUTCOME, runPass, type Outcome } from './pass.js';
import type { Experiment, FaultPlan } from './plan.js';

/** A bit flip in one vector of a pass. */
export interface Hit {
  readonly cycle: number;
  readonly bit: StateBit;
}

export interface LaneCampaign {
  readonly circuit: Machine;
  readonly inputs: readonly Uint8Array[];
  readonly labels: ArrayLike<number>;
  readonly experiments: readonly Experiment[];
}

/** The number of cycles between progress reports. */
const PROGRESS_CYCLES = 256;

/**
 * Runs experiments whose faults differ from vector to vector. Inputs of several experiments share a pass, so
 * experiments with few inputs are cheap.
 * @param hits gives the flips for an input of an experiment in one pass, from cycle 0 to the circuit's latency
 */
export async function runInLanes(
  { circuit, inputs, labels, experiments }: LaneCampaign,
  hits: (experiment: Experiment, input: number) => readonly Hit[],
  { onProgress, signal }: Pick<FaultPlan, 'onProgress' | 'signal'>,
): Promise<readonly Outcome[]> {
  const outcomes = experiments.map(() => NO_OUTCOME);
  const total = experiments.length * inputs.length;
  const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(total, circuit.timing));
  const cycles = circuit.timing.latency + 1;
  for (let from = 0; from < total; from += engine.lanes) {
    const jobs = Array.from({ length: Math.min(engine.lanes, total - from) }, (_, lane) => {
      const input = (from + lane) % inputs.length;
      return { experiment: (from + lane - input) / inputs.length, input };
    });
    const flips = new PassFlips(engine.wordsPerNet);
    jobs.forEach(({ experiment, input }, lane) => {
      for (const hit of hits(experiments[experiment], input)) flips.add(hit, lane);
    });
    const vectors = jobs.map(({ input }) => inputs[input]);
    const pass = await runPass(circuit, engine, vectors, {
      ...(signal === undefined ? {} : { signal }),
      onCycle: (cycle) => {
        for (const { bit, lanes } of flips.at(cycle)) engine.flip(bit, lanes);
        const share = (jobs.length * cycle) / cycles;
        if (cycle % PROGRESS_CYCLES === 0) onProgress?.(from + share, total);
      },
    });
    jobs.forEach(({ experiment, input }, lane) => {
      outcomes[experiment] = counted(outcomes[experiment], pass, lane, labels[input]);
    });
    onProgress?.(from + jobs.length, total);
  }
  return outcomes;
}

interface Flip {
  readonly bit: StateBit;
  readonly lanes: Uint32Array;
}

/** The flips of a pass, cycle by cycle. Flips of the same bit in several vectors are done as one. */
class PassFlips {
  readonly #cycles = new Map<number, Map<string, Flip>>();

  readonly #wordsPerNet: number;

  constructor(wordsPerNet: number) {
    this.#wordsPerNet = wordsPerNet;
  }

  add({ cycle, bit }: Hit, lane: number): void {
    const flips = this.#cycles.get(cycle) ?? new Map<string, Flip>();
    this.#cycles.set(cycle, flips);
    const key = 'memory' in bit ? `${bit.memory} ${bit.bit}` : String(bit.register);
    const flip = flips.get(key) ?? { bit, lanes: new Uint32Array(this.#wordsPerNet) };
    flips.set(key, flip);
    flip.lanes[lane >>> 5] ^= 1 << (lane & 31);
  }

  at(cycle: number): Iterable<Flip> {
    return this.#cycles.get(cycle)?.values() ?? [];
  }
}
