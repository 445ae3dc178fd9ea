import { bitMatrixFrom } from '../../../bits/bit-matrix.js';
import type { Activation, Layer, Network } from '../../../network/network.js';
import { foldingChoices, type Folding } from '../folding.js';
import { unitsOf } from '../units.js';

/** Gives a random integer below its argument. */
type Next = (below: number) => number;

/**
 * Builds a small residual network: blocks of a threshold and two convolutions, whose sum with their input, or with a
 * shortcut convolution of it, goes on. Some additions take a source that is not older than the stream before them.
 */
export function randomResidual(next: Next): Network {
  const pick = <T>(...choices: readonly T[]): T => choices[next(choices.length)];
  const extent = 3 + next(2);
  let shape: readonly [number, number, number] = [extent, extent, 1 + next(3)];
  const layers: Layer[] = [];
  const push = (layer: Layer): number => layers.push(layer) - 1;
  const around = (count: number, spread: number): Int32Array =>
    Int32Array.from({ length: count }, () => next(2 * spread + 1) - spread);
  const threshold = (): Activation => ({ kind: 'threshold', thresholds: around(shape[2], 4) });
  const scaled = (channels: number): Activation => ({
    kind: 'requantize',
    multipliers: around(channels, 9),
    offsets: around(channels, 40),
    shift: 2,
    minimum: -60,
    maximum: 60,
  });
  const convolve = (from: number, outputs: number, stride: 1 | 2, isBits: boolean, activation: Activation): number => {
    const [height, width, channels] = shape;
    const outputShape = [Math.ceil(height / stride), Math.ceil(width / stride), outputs] as const;
    return push({
      kind: 'convolution',
      from,
      inputShape: shape,
      outputShape,
      size: [3, 3],
      stride: [stride, stride],
      padding: [1, 1],
      inputEncoding: isBits ? 'bipolar' : 'unsigned',
      activation,
      weights: bitMatrixFrom(outputs, 9 * channels, () => next(2) === 1),
    });
  };

  const input = { count: shape[0] * shape[1] * shape[2], bits: pick(1, 3) };
  const filters = pick(2, 4);
  let before = convolve(-1, filters, 1, false, scaled(filters));
  shape = [extent, extent, filters];
  for (let blocks = 1 + next(2); blocks > 0; blocks--) {
    const stride = pick(1, 1, 2);
    const outputs = stride === 2 ? 2 * shape[2] : shape[2];
    const bits = push({ kind: 'activation', from: before, inputShape: shape, activation: threshold() });
    const last = convolve(bits, outputs, stride, true, scaled(outputs));
    const shortcut = stride === 2 ? convolve(before, outputs, stride, false, scaled(outputs)) : before;
    shape = [Math.ceil(shape[0] / stride), Math.ceil(shape[1] / stride), outputs];
    const terms = next(2) === 0 ? ([last, shortcut] as const) : ([shortcut, last] as const);
    before = push({ kind: 'add', from: terms, inputShape: shape });
    if (next(3) === 0) before = push({ kind: 'add', from: [before, pick(before, shortcut, last)], inputShape: shape });
  }
  const inputs = shape[0] * shape[1] * shape[2];
  push({
    kind: 'dense',
    from: before,
    inputs,
    outputs: 3,
    inputEncoding: 'unsigned',
    weights: bitMatrixFrom(3, inputs, () => next(2) === 1),
    activation: { kind: 'integer', shift: 0, offsets: around(3, 9) },
  });
  return { input, layers };
}

/** Draws a folding in which most layers take as many values a cycle as the layer before gives. */
export function foldingInStreams(network: Network, next: Next): Folding {
  const { inputValues, layers } = foldingChoices(network);
  const units = unitsOf(network);
  const pick = (values: readonly number[]): number => values[next(values.length)];
  let before = 0;
  return {
    inputValues: pick(inputValues),
    layers: layers.map((choices, index) => {
      const { isWeighted } = units[index];
      const pe = !isWeighted && choices.pe.includes(before) && next(8) > 0 ? before : pick(choices.pe);
      before = pe;
      return { pe, simd: isWeighted ? pick(choices.simd) : pe };
    }),
  };
}
