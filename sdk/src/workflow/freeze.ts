import { ModelError } from '@adiabit/simulator/errors';
import type { HardComparison } from '../model/comparison.js';
import type { BinarizedModel } from '../model/model.js';
import { exampleVectors, type Dataset, type Examples } from '../train/datasets/dataset.js';
import type { BackendName } from '../train/backends/names.js';
import type { FreezeReport, FrozenNetwork } from '../train/freezing/freeze.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import { throwIfCancelled, type Following } from './observer.js';

/** A network as exact integers, or why it cannot become one. */
export type Freezing =
  | {
      readonly kind: 'frozen';
      readonly model: BinarizedModel;
      readonly report: FreezeReport;
      /** The comparison, with the test accuracies of both. */
      readonly comparison: HardComparison;
      readonly testAccuracy: number;
      /** The predicted classes of the test examples, by the integers. */
      readonly predictions: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface FreezeOptions extends Following {
  /** Classifies the test examples (`auto`). */
  readonly backend?: BackendName | 'auto' | undefined;
}

/**
 * Freezes a trained network to exact integers if it has such a form, and classifies the test examples with them.
 * @param hardTestAccuracy what the network gets right with signs and steps
 * @throws CancelledError
 */
export async function freezeNetwork(
  network: TrainedNetwork,
  dataset: Dataset,
  hardTestAccuracy: number,
  options: FreezeOptions = {},
): Promise<Freezing> {
  const { observer, signal } = options;
  throwIfCancelled(signal);
  observer?.onStage?.('freeze');
  const frozen = await frozenOrReason(network, exampleVectors(dataset.validation));
  if (typeof frozen === 'string') {
    observer?.onNote?.({ kind: 'not-frozen', reason: frozen });
    return { kind: 'refused', reason: frozen };
  }
  const { model, report } = frozen;
  const predictions = await predictTest(model, dataset.test, options);
  const testAccuracy = shareRight(predictions, dataset.test);
  const { isExact, agreement, held } = report;
  const accuracies = { hard: hardTestAccuracy, frozen: testAccuracy };
  const comparison = { isExact, agreement, held, testAccuracy: accuracies };
  observer?.onNote?.({ kind: 'frozen', testAccuracy, comparison });
  return { kind: 'frozen', model, report, comparison, testAccuracy, predictions };
}

/** Freezes a network, or says why it has no exact integer form. @throws ModelError for numbers that no integers stand for */
export async function frozenOrReason(
  network: TrainedNetwork,
  examples: readonly Uint8Array[],
): Promise<FrozenNetwork | string> {
  const { freeze } = await import('../train/freezing/freeze.js');
  try {
    return freeze(network, examples);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'model.unsupported-layer') return error.message;
    throw error;
  }
}

/** Classifies test examples with the integers of a model. @throws CancelledError */
export async function predictTest(
  model: BinarizedModel,
  test: Examples,
  { backend: name = 'auto', observer, signal }: FreezeOptions,
): Promise<Uint8Array> {
  const { openBackend } = await import('../train/backends/open-backend.js');
  const { predictFrozen } = await import('../train/evaluation/evaluate-frozen.js');
  return predictFrozen(model, test, {
    backend: await openBackend({ name }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'freeze', done, total }),
  });
}

const shareRight = (predictions: Uint8Array, { labels }: Examples): number =>
  predictions.filter((predicted, index) => predicted === labels[index]).length / labels.length;
