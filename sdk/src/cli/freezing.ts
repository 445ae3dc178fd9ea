import { setImmediate } from 'node:timers/promises';
import { CancelledError, ModelError } from '@adiabit/simulator';
import type { BinarizedModel } from '../model/model.js';
import { exampleVectors, type Dataset } from '../train/dataset.js';
import type { FreezeReport } from '../train/freeze.js';
import type { TrainedNetwork } from '../train/trained-network.js';

/** A network as exact integers with its test accuracy, or why it cannot become one. */
export type Freezing =
  | {
      readonly kind: 'frozen';
      readonly model: BinarizedModel;
      readonly report: FreezeReport;
      readonly testAccuracy: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface FreezingOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Freezes the network if it can be frozen, and counts what the integers get right of the test examples. */
export async function freezeAndTest(
  network: TrainedNetwork,
  dataset: Dataset,
  options: FreezingOptions,
): Promise<Freezing> {
  const { freeze } = await import('../train/freeze.js');
  try {
    const { model, report } = freeze(network, exampleVectors(dataset.validation));
    return { kind: 'frozen', model, report, testAccuracy: await accuracyOf(model, dataset, options) };
  } catch (error) {
    const isRefused =
      error instanceof ModelError && ['model.unsupported-layer', 'model.not-frozen'].includes(error.code);
    if (isRefused) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** Examples between two looks at the signal. */
const BREATH = 256;

async function accuracyOf(
  model: BinarizedModel,
  { test }: Dataset,
  { signal, onProgress }: FreezingOptions,
): Promise<number> {
  const { createOracle } = await import('../model/oracle.js');
  const oracle = createOracle(model);
  let correct = 0;
  for (const [index, input] of exampleVectors(test).entries()) {
    if (oracle(input).class === test.labels[index]) correct++;
    if (index % BREATH !== 0) continue;
    onProgress(index, test.count);
    await setImmediate();
    if (signal.aborted) throw new CancelledError('Cancelled while testing the frozen network. Resume to go on.');
  }
  return correct / test.count;
}
