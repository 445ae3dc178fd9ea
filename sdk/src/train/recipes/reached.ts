/** What a recipe reached with seed 1: the test accuracy of its hard network, 0..1, and the page that tells of it. */
export interface Reached {
  readonly accuracy: number;
  readonly page: string;
}

const mnist = 'docs/results/mnist.md';
const modes = 'docs/results/mnist-modes.md';
const dogCat = 'docs/results/dog-cat.md';

/** What was measured, by the names of recipes. */
export const reached: Readonly<Partial<Record<string, Reached>>> = {
  'mnist-demo': { accuracy: 0.9583, page: mnist },
  'mnist-both': { accuracy: 0.9637, page: modes },
  'mnist-both-plus': { accuracy: 0.9708, page: mnist },
  'mnist-lfc': { accuracy: 0.9863, page: mnist },
  'mnist-weights': { accuracy: 0.9715, page: modes },
  'mnist-activations': { accuracy: 0.9714, page: modes },
  'mnist-real': { accuracy: 0.9801, page: modes },
  'dog-cat-real': { accuracy: 0.8904, page: dogCat },
  'dog-cat-both': { accuracy: 0.8658, page: dogCat },
  'cifar10-resnet20-real': { accuracy: 0.898, page: 'docs/results/cifar10.md' },
};
