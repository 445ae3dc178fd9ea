import type { Engine } from '../engines/engine.js';
import { runInferences, type RunOptions } from '../engines/run.js';
import type { Machine } from '../circuit/circuit.js';

/** What a circuit with faults answered to the vectors of one pass. */
export interface FaultyPass {
  readonly classes: Uint16Array;
  /** Whether `valid` was anything but 1 in the promised cycle and 0 in all others. */
  readonly isBroken: (vector: number) => boolean;
}

/** Runs at most `engine.lanes` inputs from a reset on, whatever the circuit makes of its promises. */
export async function runPass(
  circuit: Machine,
  engine: Engine,
  inputs: readonly Uint8Array[],
  options: Pick<RunOptions, 'signal' | 'onCycle'>,
): Promise<FaultyPass> {
  const broken = new Uint32Array(engine.wordsPerNet);
  const onBroken = (_: number, lanes: Uint32Array): void => lanes.forEach((word, index) => (broken[index] |= word));
  const { classes } = await runInferences(circuit, engine, inputs, { ...options, onBroken });
  return { classes, isBroken: (vector) => ((broken[vector >>> 5] >>> (vector & 31)) & 1) === 1 };
}

/** How many inputs of an experiment got the right class, and how many no answer. */
export interface Outcome {
  readonly correct: number;
  readonly unanswered: number;
}

export const NO_OUTCOME: Outcome = { correct: 0, unanswered: 0 };

/** An outcome with one more vector of a pass. */
export function counted(outcome: Outcome, { classes, isBroken }: FaultyPass, vector: number, label: number): Outcome {
  if (isBroken(vector)) return { ...outcome, unanswered: outcome.unanswered + 1 };
  return classes[vector] === label ? { ...outcome, correct: outcome.correct + 1 } : outcome;
}
