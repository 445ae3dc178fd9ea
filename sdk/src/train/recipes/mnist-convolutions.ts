import type { LayerSpec } from '../network/layer-specs.js';
import { type BinarizationMode, binarizationModes, type NetworkSpec } from '../network/network.js';
import { activationsAhead, boundedSchedule, rise } from '../schedules/schedules.js';
import { bounded, makeRecipe } from './make-recipe.js';
import type { Recipe } from './recipes.js';

const convolution = (filters: number, size: number, stride: number): readonly LayerSpec[] => [
  { kind: 'convolution', filters, size, stride, padding: 'valid' },
  { kind: 'batch-norm' },
  { kind: 'activation', activation: 'sigmoid' },
];

/**
 * Returns a small network of convolutions for digits whose pixels become one bit each. Windows that stay inside the
 * picture leave few places soon: 12 x 12, 5 x 5, 3 x 3. So filters can be many, and an inference on a microcontroller
 * stays short (docs/results/mnist.md).
 */
export function mnistConvolutionsNetwork(mode: BinarizationMode): NetworkSpec {
  return {
    name: `mnist-convolutions-${mode}`,
    inputs: 28 * 28,
    inputShape: [28, 28, 1],
    inputBits: 8,
    divisor: 1,
    layers: [
      { kind: 'thermometer', thresholds: [[128]] },
      ...convolution(32, 5, 2),
      ...convolution(48, 3, 2),
      ...convolution(64, 3, 1),
      { kind: 'flatten' },
      { kind: 'dropout', rate: 0.1 },
      { units: 10, activation: 'none', sharpness: 5 },
    ],
    mode,
  };
}

/**
 * Makes the recipe for that network: most epochs below k = 22, activations ahead of the weights, and what is binary
 * learns from the network with nothing binary, which takes a fifth of the epochs.
 */
export function mnistConvolutionsRecipe(mode: BinarizationMode): Recipe {
  const schedule = boundedSchedule([[3, 4], ...rise(3.2, 22, 24), ...rise(22, 999, 14), [999, 3]], 8e-3);
  return makeRecipe(bounded(mnistConvolutionsNetwork(mode), { latentBound: 3, gradientSharpness: 4 }), 'digits', {
    batchSize: 128,
    schedule:
      mode === 'real'
        ? boundedSchedule([[3, 3], ...rise(3.2, 22, 6)], 3e-3)
        : activationsAhead(schedule, { after: 4, epochs: 20 }),
    augmentation: { maxShift: 1, warp: { maxRotationDegrees: 8, maxScale: 0.08, maxShear: 0.08 } },
    ...(mode === 'real' ? {} : { softTargets: { from: 'real', temperature: 2, weight: 0.7 } }),
  });
}

export const mnistConvolutionsRecipes: readonly Recipe[] = binarizationModes.map((mode) =>
  mnistConvolutionsRecipe(mode),
);
