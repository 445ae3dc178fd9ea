import { ModelError } from '@adiabit/simulator';
import type { BinarizedModel } from '../model/model.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import type { FreezeReport } from '../train/freezing/freeze.js';
import type { BackendName } from '../train/backends/names.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';

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
  /** Classifies the test examples. */
  readonly backend: BackendName | 'auto';
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Freezes the network if it can be frozen, and counts what the integers get right of the test examples. */
export async function freezeAndTest(
  network: TrainedNetwork,
  dataset: Dataset,
  { backend: name, ...options }: FreezingOptions,
): Promise<Freezing> {
  const { openBackend } = await import('../train/backends/backend.js');
  const { freeze } = await import('../train/freezing/freeze.js');
  const { evaluateFrozen } = await import('../train/evaluation/evaluate-frozen.js');
  try {
    const { model, report } = freeze(network, exampleVectors(dataset.validation));
    const backend = await openBackend({ name });
    const testAccuracy = await evaluateFrozen(model, dataset.test, { ...options, backend });
    return { kind: 'frozen', model, report, testAccuracy };
  } catch (error) {
    const isRefused = error instanceof ModelError && error.code === 'model.unsupported-layer';
    if (isRefused) return { kind: 'refused', reason: error.message };
    throw error;
  }
}
