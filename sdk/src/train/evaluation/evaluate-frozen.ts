import { CancelledError } from '@adiabit/simulator';
import { performance } from 'node:perf_hooks';
import type { BinarizedModel } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import { prepareInput } from '../../model/preparation.js';
import type { Examples } from '../datasets/dataset.js';
import { exampleVectors } from '../datasets/dataset.js';
import { createBreath } from '../learning/breath.js';

export interface EvaluateFrozenOptions {
  /** Stops between two examples. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The class of every example by the integer oracle. It takes about a second for 500 million products.
 * @throws CancelledError when the signal fires; DataError for examples that do not fit the model
 */
export async function predictFrozen(
  model: BinarizedModel,
  examples: Examples,
  { signal, onProgress }: EvaluateFrozenOptions = {},
): Promise<Uint8Array> {
  const oracle = createOracle(model);
  const breathe = createBreath(() => performance.now());
  const vectors = exampleVectors(examples);
  const predictions = new Uint8Array(vectors.length);
  for (const [index, vector] of vectors.entries()) {
    if (signal?.aborted === true) throw new CancelledError('The evaluation was cancelled.');
    predictions[index] = oracle(prepareInput(model.input, vector)).class;
    onProgress?.(index + 1, vectors.length);
    await breathe();
  }
  return predictions;
}

/** The fraction of the examples that the frozen model classifies correctly: see `predictFrozen`. */
export async function evaluateFrozen(
  model: BinarizedModel,
  examples: Examples,
  options: EvaluateFrozenOptions = {},
): Promise<number> {
  const predictions = await predictFrozen(model, examples, options);
  return predictions.filter((predicted, index) => predicted === examples.labels[index]).length / examples.count;
}
