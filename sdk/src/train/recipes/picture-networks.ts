/**
 * The convolutional networks of the authors' experiments, each in four modes. Their activation "tanh with bias 1",
 * tanh(kx) + 1, is 2 sigmoid(2kx): here it is `sigmoid` at twice the sharpness, whose factor 2 the scale that follows
 * absorbs.
 */
import type { LayerSpec } from '../network/layer-specs.js';
import type { BinarizationMode, NetworkSpec } from '../network/network.js';

/** Parts that both binarizations together would harm most: real in mode both, binary in modes of one. */
const realInBoth = ['both'] as const;
/** Parts whose weights are never binary. */
const alwaysReal = ['weights', 'both'] as const;

/** Mean and standard deviation of the channels over the 50,000 training pictures of CIFAR-10. */
const cifarColours: LayerSpec = {
  kind: 'normalize',
  mean: [125.3, 123, 113.9],
  deviation: [63, 62.1, 66.7],
};

/** Cats and dogs, 64 x 64 grey: three convolutions of 3 x 3, a pool of 2 after each. */
export function dogCatNetwork(mode: BinarizationMode, width = 16): NetworkSpec {
  return {
    name: `dog-cat-${mode}`,
    inputs: 64 * 64,
    inputShape: [64, 64, 1],
    inputBits: 8,
    divisor: 255,
    layers: [
      { kind: 'convolution', filters: width, size: 3, realIn: realInBoth },
      { kind: 'max-pool', size: 2 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'convolution', filters: 2 * width, size: 3 },
      { kind: 'max-pool', size: 2 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'convolution', filters: 4 * width, size: 3 },
      { kind: 'max-pool', size: 2 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'rectified-tanh', realIn: realInBoth },
      { kind: 'flatten' },
      { units: 2, activation: 'none', realIn: realInBoth },
    ],
    mode,
  };
}

/**
 * Makes the network for spoken digits, 8,000 samples in mu-law: three convolutions of width 30, pools of 10, 8 and 5,
 * the mean over time.
 */
export function speechNetwork(mode: BinarizationMode, width = 16): NetworkSpec {
  return {
    name: `speech-${mode}`,
    inputs: 8000,
    inputShape: [8000, 1],
    inputBits: 8,
    divisor: 1,
    layers: [
      { kind: 'mu-law' },
      { kind: 'standardize' },
      { kind: 'convolution', filters: width, size: 30, realIn: realInBoth },
      { kind: 'max-pool', size: 10 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'dropout', rate: 0.2 },
      { kind: 'convolution', filters: 2 * width, size: 30 },
      { kind: 'max-pool', size: 8 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'dropout', rate: 0.2 },
      { kind: 'convolution', filters: 4 * width, size: 30 },
      { kind: 'max-pool', size: 5 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid', realIn: realInBoth },
      { kind: 'dropout', rate: 0.2 },
      { kind: 'global-average-pool' },
      { units: 10, activation: 'none', realIn: realInBoth },
    ],
    mode,
  };
}

const droppedBy = (rate: number): readonly LayerSpec[] => (rate === 0 ? [] : [{ kind: 'dropout', rate }]);

/**
 * Returns VGG-Small: convolutions of width, width, 2, 2, 4, 4 times width; a pool after the second, fourth and sixth.
 *
 * @param dropout after every activation; the authors' is 0.2
 */
export function vggSmallNetwork(mode: BinarizationMode, width = 128, dropout = 0.2): NetworkSpec {
  const convolutions = [1, 1, 2, 2, 4, 4].flatMap((factor, index): LayerSpec[] => [
    { kind: 'convolution', filters: factor * width, size: 3, ...(index === 0 ? { realIn: alwaysReal } : {}) },
    ...(index % 2 === 1 ? [{ kind: 'max-pool', size: 2 } as const] : []),
    { kind: 'batch-norm' },
    { kind: 'activation', activation: index === 5 ? 'relu' : 'sigmoid' },
    ...droppedBy(dropout),
  ]);
  return {
    name: `cifar10-vgg-small${width === 128 ? '' : `-${width}`}-${mode}`,
    inputs: 32 * 32 * 3,
    inputShape: [32, 32, 3],
    inputBits: 8,
    divisor: 1,
    layers: [cifarColours, ...convolutions, { kind: 'flatten' }, { units: 10, activation: 'none', realIn: alwaysReal }],
    mode,
  };
}

/**
 * Returns ResNet-20: three stages of three blocks, `width`, 2 and 4 times `width` channels. A block is twice (batch
 * norm, activation, convolution), then a last batch norm and the sum with its input; the first block of the second and
 * third stage halves the picture and has a 1 x 1 convolution with stride 2 as its shortcut.
 *
 * @param dropout after every activation; the authors' is 0.1
 */
export function resNet20Network(mode: BinarizationMode, width = 16, dropout = 0.1): NetworkSpec {
  const dropped = droppedBy(dropout);
  const activated: readonly LayerSpec[] = [
    { kind: 'batch-norm' },
    { kind: 'activation', activation: 'sigmoid' },
    ...dropped,
  ];
  const layers: LayerSpec[] = [
    cifarColours,
    { kind: 'convolution', filters: width, size: 3, realIn: alwaysReal },
    { kind: 'batch-norm' },
  ];
  for (let block = 0; block < 9; block++) {
    const filters = width * 2 ** Math.floor(block / 3);
    const narrows = block === 3 || block === 6;
    const from = layers.length - 1;
    layers.push(
      ...activated,
      { kind: 'convolution', filters, size: 3, stride: narrows ? 2 : 1 },
      ...activated,
      { kind: 'convolution', filters, size: 3 },
      { kind: 'batch-norm' },
      { kind: 'add', from, ...(narrows ? { shortcut: { filters, stride: 2 } } : {}) },
    );
  }
  layers.push(
    { kind: 'activation', activation: 'relu' },
    ...dropped,
    { kind: 'global-average-pool' },
    { units: 10, activation: 'none', realIn: alwaysReal },
  );
  return {
    name: `cifar10-resnet20-${mode}`,
    inputs: 32 * 32 * 3,
    inputShape: [32, 32, 3],
    inputBits: 8,
    divisor: 1,
    layers,
    mode,
  };
}
