import { CancelledError } from '@adiabit/simulator/errors';
import { performance } from 'node:perf_hooks';
import type { BinarizedModel } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import type { Backend } from '../backends/backend.js';
import { tensorBackend } from '../backends/tensor-backend.js';
import { type Examples, exampleVectors } from '../datasets/dataset.js';
import { createEventLoopYield } from '../learning/event-loop.js';
import { createFrozenClassifier } from './frozen-classes.js';

export interface EvaluateFrozenOptions {
  /** Makes the sums, which are the oracle's. If absent, the oracle itself does. */
  readonly backend?: Backend;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Examples that are classified at once. */
const BATCH_SIZE = 50;

/**
 * Returns the class of every example by the frozen model. The oracle takes about a second for 500 million products, a
 * backend a fraction of it.
 *
 * @throws CancelledError when the signal fires; DataError for examples that do not fit the model
 */
export async function predictFrozen(
  model: BinarizedModel,
  examples: Examples,
  { backend, signal, onProgress }: EvaluateFrozenOptions = {},
): Promise<Uint8Array> {
  const classify = backend === undefined ? byOracle(model) : createFrozenClassifier(tensorBackend(backend), model);
  const yieldToEventLoop = createEventLoopYield(() => performance.now());
  const vectors = exampleVectors(examples);
  const predictions = new Uint8Array(vectors.length);
  for (let start = 0; start < vectors.length; start += BATCH_SIZE) {
    if (signal?.aborted === true) throw new CancelledError('The evaluation was cancelled.');
    const batch = vectors.slice(start, start + BATCH_SIZE);
    predictions.set(await classify(batch), start);
    onProgress?.(start + batch.length, vectors.length);
    await yieldToEventLoop();
  }
  return predictions;
}

/** Returns the fraction of the examples that the frozen model classifies correctly: see `predictFrozen`. */
export async function evaluateFrozen(
  model: BinarizedModel,
  examples: Examples,
  options: EvaluateFrozenOptions = {},
): Promise<number> {
  const predictions = await predictFrozen(model, examples, options);
  return predictions.filter((predicted, index) => predicted === examples.labels[index]).length / examples.count;
}

function byOracle(model: BinarizedModel): (inputs: readonly Uint8Array[]) => Promise<Uint8Array> {
  const oracle = createOracle(model);
  return (inputs) => Promise.resolve(Uint8Array.from(inputs, (input) => oracle(input).class));
}
