/** What a training that goes wrong looks like from outside. */
import type { Dataset, Examples } from '../train/datasets/dataset.js';
import type { EpochRecord } from '../train/trainer.js';

/** Something that may be wrong. Accuracies, shares and chance are fractions, 0..1. */
export type Doubt =
  /** Inputs that are the same in all training examples. */
  | { readonly kind: 'constant-inputs'; readonly constant: number; readonly inputs: number; readonly first: number }
  /** After a tenth of the epochs the network still guesses. */
  | { readonly kind: 'learns-nothing'; readonly epochs: number; readonly best: number; readonly chance: number }
  /** The frozen network guesses. */
  | { readonly kind: 'near-chance'; readonly right: number; readonly chance: number }
  /** Nearly all predictions are one class. */
  | { readonly kind: 'one-sided'; readonly class: number; readonly share: number }
  /** The labels of the data could be matched with the network's outputs by number alone. */
  | { readonly kind: 'unnamed-classes'; readonly reason: string };

/** The part of the way from guessing to being always right that a network must have gone to have learnt at all. */
const LEAST_LEARNT = 0.05;
/** A class that is predicted this often hides what the others are. */
const NEARLY_ALL = 0.95;

/** Computes the share of the most frequent class: what always guessing it gets right. */
export const chanceOf = ({ labels }: Pick<Examples, 'labels'>): number => Math.max(0, ...sharesOf(labels));

function sharesOf(classes: Uint8Array): number[] {
  const counts = new Uint32Array(256);
  for (const each of classes) counts[each]++;
  return Array.from(counts, (times) => times / Math.max(1, classes.length));
}

/** Tells whether an accuracy is hardly more than guessing the most frequent class. */
export const isNearChance = (accuracy: number, chance: number): boolean =>
  accuracy <= chance + LEAST_LEARNT * (1 - chance);

/** Looks for inputs that are the same in all training examples. */
export function doubtsOfData({ train }: Pick<Dataset, 'train'>): readonly Doubt[] {
  const { values, count } = train;
  const inputs = values.length / count;
  const isConstant = new Uint8Array(inputs).fill(1);
  values.forEach((value, at) => {
    if (value !== values[at % inputs]) isConstant[at % inputs] = 0;
  });
  const constant = isConstant.reduce((sum, flag) => sum + flag, 0);
  return constant === 0 ? [] : [{ kind: 'constant-inputs', constant, inputs, first: isConstant.indexOf(1) }];
}

/** Makes a watch over epochs that doubts once, when a tenth of them has brought nothing. */
export function createEpochDoubts({
  validation,
}: Pick<Dataset, 'validation'>): (
  epoch: Pick<EpochRecord, 'epoch' | 'epochs' | 'softAccuracy' | 'hardAccuracy'>,
) => readonly Doubt[] {
  const chance = chanceOf(validation);
  let best = 0;
  return ({ epoch, epochs, softAccuracy, hardAccuracy }) => {
    best = Math.max(best, softAccuracy, hardAccuracy);
    if (epoch !== Math.max(2, Math.ceil(epochs / 10)) || !isNearChance(best, chance)) return [];
    return [{ kind: 'learns-nothing', epochs: epoch, best, chance }];
  };
}

/** Looks at the classes that a network predicts for the test set. */
export function doubtsOfPredictions(predictions: Uint8Array, test: Pick<Examples, 'labels'>): readonly Doubt[] {
  const chance = chanceOf(test);
  const right = predictions.filter((predicted, index) => predicted === test.labels[index]).length / predictions.length;
  const shares = sharesOf(predictions);
  const share = Math.max(...shares);
  const isOneSided = share >= NEARLY_ALL && chance < NEARLY_ALL - LEAST_LEARNT;
  return [
    ...(isNearChance(right, chance) ? [{ kind: 'near-chance', right, chance } as const] : []),
    ...(isOneSided ? [{ kind: 'one-sided', class: shares.indexOf(share), share } as const] : []),
  ];
}
