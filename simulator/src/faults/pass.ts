import type { Engine } from '../engines/engine.js';
import { runInferences, type RunOptions } from '../engines/run.js';
import type { Machine } from '../circuit/circuit.js';

/** The outputs of a circuit with faults for the vectors of one pass. */
export interface FaultyPass {
  readonly classes: Uint16Array;
  /** Tells whether `valid` was wrong: not 1 in the promised cycle, or not 0 in any other. */
  readonly isBroken: (vector: number) => boolean;
}

/** Runs at most `engine.lanes` inputs, starting with a reset. A wrong `valid` is no error here. */
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

/** The number of inputs with the right class, and of those with no valid answer. */
export interface Outcome {
  readonly correct: number;
  readonly unanswered: number;
}

export const NO_OUTCOME: Outcome = { correct: 0, unanswered: 0 };

/** Adds one vector of a pass to an outcome. */
export function counted(outcome: Outcome, { classes, isBroken }: FaultyPass, vector: number, label: number): Outcome {
  if (isBroken(vector)) return { ...outcome, unanswered: outcome.unanswered + 1 };
  return classes[vector] === label ? { ...outcome, correct: outcome.correct + 1 } : outcome;
}
