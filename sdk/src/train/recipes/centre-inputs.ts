import { channelStatistics } from '../datasets/channel-statistics.js';
import type { Examples } from '../datasets/dataset.js';
import { product } from '../network/layers.js';
import type { Recipe } from './recipes.js';

/**
 * What inputs are divided by, in standard deviations: the pixels of digits, over 255, have a root mean square of a
 * third.
 */
const DEVIATIONS = 3;

/**
 * Returns the recipe for inputs less their means: one mean an input, and one number that all are divided by, three
 * times their common standard deviation. Both are of these examples (give the training part alone) and become part of
 * the thresholds when the network is frozen, so what is binary stays binary. Means are rounded to steps of the inputs
 * (of 1/128 for bits), so that weighted sums stay exact in float32.
 *
 * A network whose first layer is not dense is left as it is: behind a convolution batch normalisation takes the mean
 * away.
 */
export function withCentredInputs(recipe: Recipe, train: Examples): Recipe {
  const { network } = recipe;
  const { kind = 'dense' } = network.layers[0];
  if (kind !== 'dense' || train.count === 0) return recipe;
  const step = 2 ** (network.inputBits - 8);
  const flat = { ...train, shape: [product(train.shape)] };
  const mean = channelStatistics(flat).mean.map((value) => step * Math.round(value / step));
  const squares = train.values.reduce((sum, value, index) => sum + (value - mean[index % mean.length]) ** 2, 0);
  const common = Math.sqrt(squares / train.values.length);
  // Constant inputs are 0 then, whatever they are divided by.
  const divisor = common === 0 ? network.divisor : step * Math.max(1, Math.round((DEVIATIONS * common) / step));
  const centre = { kind: 'normalize', mean, deviation: mean.map(() => 1) } as const;
  return { ...recipe, network: { ...network, divisor, layers: [centre, ...network.layers] } };
}
