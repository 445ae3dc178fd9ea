/** What a recipe reached with seed 1: the test accuracy of its hard network, 0..1, and the page that tells of it. */
export interface Reached {
  readonly accuracy: number;
  readonly page: string;
}

const MNIST_PAGE = 'docs/results/mnist.md';
const LOGIC_PAGE = 'docs/results/logic.md';
const MODES_PAGE = 'docs/results/mnist-modes.md';
const DOG_CAT_PAGE = 'docs/results/dog-cat.md';

/** What was measured, by the names of recipes. */
export const reached: Readonly<Partial<Record<string, Reached>>> = {
  'mnist-demo': { accuracy: 0.9583, page: MNIST_PAGE },
  'mnist-both': { accuracy: 0.9637, page: MODES_PAGE },
  'mnist-both-plus': { accuracy: 0.9708, page: MNIST_PAGE },
  'mnist-lfc': { accuracy: 0.9863, page: MNIST_PAGE },
  'mnist-logic': { accuracy: 0.9763, page: LOGIC_PAGE },
  'mnist-logic-700x6': { accuracy: 0.9777, page: LOGIC_PAGE },
  'mnist-convolutions-both': { accuracy: 0.9853, page: MNIST_PAGE },
  'mnist-convolutions-real': { accuracy: 0.9943, page: MNIST_PAGE },
  'mnist-weights': { accuracy: 0.9715, page: MODES_PAGE },
  'mnist-activations': { accuracy: 0.9714, page: MODES_PAGE },
  'mnist-real': { accuracy: 0.9801, page: MODES_PAGE },
  'dog-cat-real': { accuracy: 0.8904, page: DOG_CAT_PAGE },
  'dog-cat-both': { accuracy: 0.8658, page: DOG_CAT_PAGE },
  'cifar10-resnet20-real': { accuracy: 0.898, page: 'docs/results/cifar10.md' },
};
