import { ModelError } from '@adiabit/simulator/errors';
import type { HardComparison } from '../model/comparison.js';
import type { BinarizedModel } from '../model/model.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import type { BackendName } from '../train/backends/names.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';

/** A network as exact integers with its test accuracy, or why it cannot become one. */
export type Freezing =
  | {
      readonly kind: 'frozen';
      readonly model: BinarizedModel;
      /** With the test accuracies of both. */
      readonly comparison: HardComparison;
      readonly testAccuracy: number;
      /** Of the test examples, by the integers. */
      readonly predictions: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface FreezingOptions {
  /** Classifies the test examples. */
  readonly backend: BackendName | 'auto';
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Freezes the network if it can be frozen, and counts what the integers get right of the test examples.
 * @param hardTestAccuracy what the network gets right
 */
export async function freezeAndTest(
  network: TrainedNetwork,
  dataset: Dataset,
  hardTestAccuracy: number,
  { backend: name, ...options }: FreezingOptions,
): Promise<Freezing> {
  const { openBackend } = await import('../train/backends/backend.js');
  const { freeze } = await import('../train/freezing/freeze.js');
  const { predictFrozen } = await import('../train/evaluation/evaluate-frozen.js');
  try {
    const { model, report } = freeze(network, exampleVectors(dataset.validation));
    const { isExact, agreement, held } = report;
    const { labels } = dataset.test;
    const backend = await openBackend({ name });
    const predictions = await predictFrozen(model, dataset.test, { ...options, backend });
    const testAccuracy = predictions.filter((predicted, index) => predicted === labels[index]).length / labels.length;
    const accuracies = { hard: hardTestAccuracy, frozen: testAccuracy };
    const comparison = { isExact, agreement, held, testAccuracy: accuracies };
    return { kind: 'frozen', model, comparison, testAccuracy, predictions };
  } catch (error) {
    const isRefused = error instanceof ModelError && error.code === 'model.unsupported-layer';
    if (isRefused) return { kind: 'refused', reason: error.message };
    throw error;
  }
}
