import { ModelError } from '@adiabit/simulator/errors';
import { permutation, type Random } from '../../random.js';
import { type Augmentation, checkAugmentation, vary } from '../augmentation/augmentation.js';
import type { TensorBackend } from '../backends/tensor-backend.js';
import { gatherBatch } from '../datasets/batches.js';
import type { Examples } from '../datasets/dataset.js';
import { isLogic, type Layer } from '../network/layers.js';
import { trainableArrays } from '../network/parameters.js';
import type { EpochPlan } from '../schedules/schedules.js';
import { type AdamSettings, freshAdamState } from './adam.js';
import type { EpochProgress } from './epoch-progress.js';
import type { GradientPool } from './gradient-pool.js';
import { hostLearner } from './host-learner.js';
import type { Learner } from './learner.js';
import type { Teacher } from './step.js';
import type { TrainingState } from './training-state.js';

/** What an epoch needs besides the state it changes. */
export interface EpochContext {
  readonly backend: TensorBackend;
  readonly layers: readonly Layer[];
  readonly examples: Examples;
  readonly epochs: number;
  readonly batchSize: number;
  /** How many shards a batch is learnt in. */
  readonly shards: number;
  readonly pool: GradientPool;
  readonly adam: AdamSettings;
  readonly augmentation?: Augmentation | undefined;
  /** See `Lesson`. */
  readonly teacher?: Teacher | undefined;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
  /** Awaited after every batch: see `createEventLoopYield`. */
  readonly yieldToEventLoop: () => Promise<void>;
  /** What stays when the training diverges now. */
  readonly lastGood: LastGood;
  /** Called before every batch; throws to stop. */
  readonly throwIfCancelled: () => void;
  readonly onProgress: (progress: EpochProgress) => void;
}

/** The state before an epoch, which is on disk if a checkpoint file was named. */
export interface LastGood {
  /** Epochs completed. */
  readonly epoch: number;
  readonly checkpointFile: string | undefined;
}

/** A loss above this is no longer learning; float32 overflows soon after. */
const DIVERGED_LOSS = 1e6;

/**
 * Trains one epoch in place: every example once, in a fresh random order.
 *
 * @returns the mean loss and the speed of training alone
 * @throws ModelError `model.bad-value` when the loss or a weight explodes, saying at which epoch and sharpness, and where
 * the last good state is
 */
export async function trainEpoch(
  context: EpochContext,
  plan: EpochPlan,
  state: TrainingState,
): Promise<{ readonly loss: number; readonly samplesPerSecond: number }> {
  const { backend, layers, examples, adam, augmentation, shards, pool, teacher } = context;
  if (augmentation !== undefined) checkAugmentation(augmentation, examples.shape, layers);
  const arrays = trainableArrays(layers, state.parameters);
  if (plan.resetsOptimizer) state.adam = freshAdamState(arrays);
  const makeLearner = await learnerFor(backend, layers);
  const learner = makeLearner({ backend, layers, adam, setting: plan, state, shards, pool, teacher });
  try {
    const outcome = await learnAll(context, plan, learner, state.random);
    await learner.finish();
    if (!arrays.every((values) => values.every(Number.isFinite)))
      throw divergedError(context, plan, 'a weight is no longer finite');
    return outcome;
  } finally {
    learner.dispose();
  }
}

/** Loads what few trainings need only then. */
async function learnerFor({ weightsOn }: TensorBackend, layers: readonly Layer[]) {
  if (isLogic(layers)) return (await import('./logic-learner.js')).logicLearner;
  return weightsOn === 'device' ? (await import('./device-learner.js')).deviceLearner : hostLearner;
}

async function learnAll(
  context: EpochContext,
  plan: EpochPlan,
  learner: Learner,
  random: Random,
): Promise<{ readonly loss: number; readonly samplesPerSecond: number }> {
  const { examples, batchSize, augmentation, clock } = context;
  const order = permutation(examples.count, random);
  const batches = Math.ceil(examples.count / batchSize);
  const startMs = clock();
  let lossSum = 0;
  let samples = 0;
  for (let batchIndex = 0; batchIndex < batches; batchIndex++) {
    context.throwIfCancelled();
    const size = Math.min(batchSize, examples.count - samples);
    const gathered = gatherBatch(examples, order, samples, size);
    const batch = augmentation ? vary(gathered, examples.shape, augmentation, random) : gathered;
    const loss = await learner.learn(batch);
    if (!(loss <= DIVERGED_LOSS))
      throw divergedError(context, plan, `the loss of batch ${batchIndex + 1} became ${loss}`);
    lossSum += loss * size;
    samples += size;
    context.onProgress({
      epoch: plan.epoch,
      epochs: context.epochs,
      batchesDone: batchIndex + 1,
      batches,
      loss: lossSum / samples,
      samplesPerSecond: perSecond(samples, clock() - startMs),
    });
    await context.yieldToEventLoop();
  }
  return { loss: lossSum / samples, samplesPerSecond: perSecond(samples, clock() - startMs) };
}

function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (count * 1000) / elapsedMs : 0;
}

function divergedError({ lastGood }: EpochContext, plan: EpochPlan, what: string): ModelError {
  const { epoch, kWeight, kActivation, learningRate } = plan;
  const { checkpointFile } = lastGood;
  const remains =
    checkpointFile === undefined
      ? 'No checkpoint file was named, so nothing is left of it.'
      : `${checkpointFile} holds the last good state, after epoch ${lastGood.epoch}.`;
  const message =
    `Training diverged in epoch ${epoch} at kWeight ${kWeight}, kActivation ${kActivation}: ${what}. ` +
    `Lower the learning rate (it was ${learningRate}) or raise the sharpness in smaller steps. ${remains}`;
  const details = { epoch, kWeight, kActivation, learningRate, lastGoodEpoch: lastGood.epoch };
  return new ModelError('bad-value', message, checkpointFile === undefined ? details : { ...details, checkpointFile });
}
