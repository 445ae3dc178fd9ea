import type { BinarizedModel } from '../model/model.js';
import type { PolishPlan } from '../train/recipes/polish-plan.js';
import type { SweepOutcome } from '../polish/checkpoint.js';
import type { PolishResult } from '../polish/polish.js';
import { exists } from '../files.js';
import type { Dataset } from '../train/datasets/dataset.js';
import { count, duration, percent } from '../text/format.js';
import type { Terminal } from './terminal.js';

export interface PolishingStage {
  readonly plan: PolishPlan;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly checkpointFile: string;
  /** Goes on from the checkpoint when there is one. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
}

/** Polishes a frozen model as its recipe says, telling of every sweep. */
export async function polishModel(
  terminal: Terminal,
  model: BinarizedModel,
  { plan, dataset, seed, checkpointFile, resume, signal }: PolishingStage,
): Promise<PolishResult & { readonly testAccuracy: number }> {
  const { polish } = await import('../polish/polish.js');
  const { accuracyOf } = await import('../polish/forward.js');
  const { unpackModel } = await import('../polish/network.js');
  const images = dataset.train.count * (1 + (plan.shifts ?? []).length);
  terminal.say(`polishing the ${model.name} network bit by bit, on ${count(images)} images`);
  const bar = terminal.progress('sweep');
  const result = await polish(model, {
    ...plan,
    train: dataset.train,
    validation: dataset.validation,
    seed,
    checkpointFile,
    resume: resume && (await exists(checkpointFile)),
    signal,
    onProgress: ({ candidatesDone, candidates, kept, loss, secondsLeft }) => {
      bar.update(candidatesDone, candidates, `kept ${kept}, loss ${loss.toFixed(4)}, ${duration(secondsLeft)}`);
    },
    onSweep: (outcome) => {
      bar.stop();
      terminal.say(sweepLine(outcome));
    },
  }).finally(() => bar.stop());
  const testAccuracy = accuracyOf(unpackModel(result.model), dataset.test);
  const from = result.bestSweep === 0 ? 'unchanged' : `sweep ${result.bestSweep}`;
  terminal.say(`test accuracy: ${percent(testAccuracy)} polished (${from}); ${duration(result.seconds)}`);
  return { ...result, testAccuracy };
}

const sweepLine = ({ sweep, kept, loss, validationAccuracy, isBest }: SweepOutcome): string =>
  `  sweep ${sweep}  ${count(kept)} changes kept  loss ${loss.toFixed(4)}  ` +
  `hard ${percent(validationAccuracy)}${isBest ? '*' : ''}`;
