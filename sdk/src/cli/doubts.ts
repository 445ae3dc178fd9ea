/** What a training that goes wrong looks like from outside, and what to try. */
import type { Dataset, Examples } from '../train/datasets/dataset.js';
import type { EpochRecord } from '../train/trainer.js';
import { count, percent } from '../text/format.js';

/** Of what lies between guessing and being always right, what a network must have reached to have learnt at all. */
const leastLearnt = 0.05;
/** A class that is predicted this often hides what the others are. */
const nearlyAll = 0.95;

const remedies =
  'Inputs far from 0 are a usual cause (a white ground, bytes around 128): leave --no-normalize out, or use ' +
  'withCentredInputs(recipe, dataset.train). Else try a lower learning rate, or more epochs at the first sharpness.';

/** The share of the most frequent class: what always guessing it gets right. */
export const chanceOf = ({ labels }: Pick<Examples, 'labels'>): number => Math.max(0, ...sharesOf(labels));

function sharesOf(classes: Uint8Array): number[] {
  const counts = new Uint32Array(256);
  for (const each of classes) counts[each]++;
  return Array.from(counts, (times) => times / Math.max(1, classes.length));
}

/** Whether an accuracy is hardly more than guessing the most frequent class. */
export const isNearChance = (accuracy: number, chance: number): boolean =>
  accuracy <= chance + leastLearnt * (1 - chance);

/** Inputs that are the same in all training examples. */
export function doubtsOfData({ train }: Pick<Dataset, 'train'>): string[] {
  const { values, count: examples } = train;
  const width = values.length / examples;
  const isConstant = new Uint8Array(width).fill(1);
  values.forEach((value, at) => {
    if (value !== values[at % width]) isConstant[at % width] = 0;
  });
  const constant = isConstant.reduce((sum, flag) => sum + flag, 0);
  if (constant === 0) return [];
  return [
    `${count(constant)} of ${count(width)} inputs are the same in every training example, input ${isConstant.indexOf(1)} first: ` +
      'they tell the network nothing. At the border of pictures that is usual; a sensor that never changes should be looked at.',
  ];
}

/** One warning, when a tenth of the epochs has brought nothing. */
export function createEpochDoubts({
  validation,
}: Pick<Dataset, 'validation'>): (
  epoch: Pick<EpochRecord, 'epoch' | 'epochs' | 'softAccuracy' | 'hardAccuracy'>,
) => string[] {
  const chance = chanceOf(validation);
  let best = 0;
  return ({ epoch, epochs, softAccuracy, hardAccuracy }) => {
    best = Math.max(best, softAccuracy, hardAccuracy);
    if (epoch !== Math.max(2, Math.ceil(epochs / 10)) || !isNearChance(best, chance)) return [];
    return [
      `WARNING: after ${epoch} epochs at most ${percent(best)} are right, near chance (${percent(chance)}). ${remedies}`,
    ];
  };
}

/** What the classes that a network predicts for the test set say. */
export function doubtsOfPredictions(predictions: Uint8Array, test: Pick<Examples, 'labels'>): string[] {
  const chance = chanceOf(test);
  const right = predictions.filter((predicted, index) => predicted === test.labels[index]).length / predictions.length;
  const shares = sharesOf(predictions);
  const largest = Math.max(...shares);
  const isOneSided = largest >= nearlyAll && chance < nearlyAll - leastLearnt;
  return [
    ...(isNearChance(right, chance)
      ? [`WARNING: ${percent(right)} of the test right is near chance (${percent(chance)}). ${remedies}`]
      : []),
    ...(isOneSided
      ? [`WARNING: class ${shares.indexOf(largest)} takes ${percent(largest)} of all predictions. ${remedies}`]
      : []),
  ];
}
