import { exists } from '../files.js';
import { isBinaryDense, type BinarizedModel } from '../model/model.js';
import type { PolishResult } from '../polish/polish.js';
import type { Dataset } from '../train/datasets/dataset.js';
import type { PolishPlan } from '../train/recipes/polish-plan.js';
import type { Following } from './observer.js';

export interface PolishModelOptions extends Following {
  readonly plan: PolishPlan;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly checkpointFile: string;
  /** Goes on from the checkpoint if there is one. */
  readonly resume?: boolean;
}

/** Says why a model cannot be polished; undefined if it can. */
export const whyNotPolished = (model: BinarizedModel): string | undefined =>
  isBinaryDense(model) ? undefined : 'only networks of dense binary layers can be polished, and this one has others';

/**
 * Polishes a frozen model of dense binary layers as its recipe says: bit by bit, keeping what lowers the loss.
 * @throws CancelledError; `checkpointFile` then holds all that was done
 */
export async function polishModel(
  model: BinarizedModel,
  { plan, dataset, seed, checkpointFile, resume = false, observer, signal }: PolishModelOptions,
): Promise<PolishResult & { readonly testAccuracy: number }> {
  const { polish } = await import('../polish/polish.js');
  const { accuracyOf } = await import('../polish/forward.js');
  const { unpackModel } = await import('../polish/network.js');
  const images = dataset.train.count * (1 + (plan.shifts ?? []).length);
  observer?.onNote?.({ kind: 'polishing', model: model.name, images });
  const result = await polish(model, {
    ...plan,
    train: dataset.train,
    validation: dataset.validation,
    seed,
    checkpointFile,
    resume: resume && (await exists(checkpointFile)),
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ candidatesDone: done, candidates: total, kept, loss, secondsLeft }) =>
      observer?.onProgress?.({ step: 'sweep', done, total, kept, loss, secondsLeft }),
    onSweep: (sweep) => observer?.onNote?.({ kind: 'sweep', sweep }),
  });
  const testAccuracy = accuracyOf(unpackModel(result.model), dataset.test);
  const { bestSweep, seconds } = result;
  observer?.onNote?.({ kind: 'polished', testAccuracy, bestSweep, seconds });
  return { ...result, testAccuracy };
}
