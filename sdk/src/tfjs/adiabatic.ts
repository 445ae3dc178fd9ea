import type { EpochPlan } from '../train/schedules/fixed.js';
import { adiabaticModelOf } from './instance.js';
import type { ExampleTensor, TrainableModel } from './library.js';
import { checkExamples } from './network/normalizations.js';
import { forgetMoments, learningRateOf, setLearningRate } from './optimizer.js';
import { type AdiabaticSchedule, plansOf } from './schedule.js';
import { settle } from './settle.js';
import { sharpen } from './sharpness.js';

export interface AdiabaticOptions {
  /**
   * The training examples, as `model.fit` gets them: batch normalisation takes its statistics from them at the end. A
   * model without needs none.
   */
  readonly examples?: ExampleTensor;
  /** Sees every epoch's sharpness and learning rate before it is trained. */
  readonly onPlan?: (plan: EpochPlan) => void;
}

/** A callback for `model.fit`, alone or in a list with others of one's own. */
export interface AdiabaticCallback {
  readonly onTrainBegin: () => void;
  readonly onEpochBegin: (epoch: number) => Promise<void>;
  readonly onTrainEnd: () => Promise<void>;
}

/**
 * Returns the callback that raises the sharpness of a model, epoch by epoch: before each one k and the learning rate
 * are the schedule's, and after a push the optimizer forgets its moments. After the schedule's last epoch the model is
 * settled, so that its `evaluate` says what the frozen network will do.
 *
 * Epochs are those that `model.fit` counts: `initialEpoch` goes on in the middle of a schedule. Epochs beyond it are
 * trained at its last sharpness. In the end the optimizer has the learning rate again that it was compiled with.
 *
 * @throws ModelError `model.bad-value` for a model without adiabatic layers, a schedule that cannot be trained, or one
 * with batch normalisation and no examples
 */
export function adiabatic(
  model: TrainableModel,
  schedule: AdiabaticSchedule,
  { examples, onPlan }: AdiabaticOptions = {},
): AdiabaticCallback {
  const { tf, model: trained } = adiabaticModelOf(model);
  checkExamples(trained, examples);
  const epochs = plansOf(schedule, 1).length;
  let compiledRate = 0;
  let plans: readonly EpochPlan[] = [];
  let done = 0;
  return {
    onTrainBegin: () => {
      compiledRate = learningRateOf(trained.optimizer);
      plans = plansOf(schedule, compiledRate);
    },
    onEpochBegin: async (epoch) => {
      const plan = plans[Math.min(epoch, epochs - 1)];
      onPlan?.(plan);
      sharpen(model, plan);
      setLearningRate(trained.optimizer, plan.learningRate);
      if (plan.resetsOptimizer) await forgetMoments(tf, trained.optimizer);
      done = epoch + 1;
    },
    onTrainEnd: async () => {
      setLearningRate(trained.optimizer, compiledRate);
      if (done >= epochs) await settle(model, examples);
    },
  };
}
