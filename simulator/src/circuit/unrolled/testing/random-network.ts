import { bitMatrixFrom } from '../../../bits/bit-matrix.js';
import { neverThreshold, type CountingLayer, type CountingShape } from '../../../network/counting-layer.js';
import { networkOfCounts, type BinaryDenseNetwork } from '../../../network/counts.js';
import type { PictureShape } from '../../../network/network.js';
import type { UnrolledNetwork } from '../../../network/unrolled.js';

/**
 * Builds a dense binary network of the given widths with random weights, thresholds and offsets. `next` gives integers
 * below its argument.
 */
export function randomNetwork(
  widths: readonly number[],
  inputBits: number,
  shift: number,
  next: (below: number) => number,
): BinaryDenseNetwork {
  const shapes = widths.slice(1).map((outputs, index): CountingShape => {
    const last = index === widths.length - 2;
    return {
      activation: last ? 'integer' : 'threshold',
      inputs: widths[index],
      outputs,
      inputBits: index === 0 ? inputBits : 1,
      shift: last ? shift : 0,
    };
  });
  return networkOfCounts(
    shapes.map((shape): CountingLayer => {
      const threshold = shape.activation === 'threshold';
      return {
        ...shape,
        weights: bitMatrixFrom(shape.outputs, shape.inputs, () => next(2) === 1),
        thresholds: Uint32Array.from({ length: threshold ? shape.outputs : 0 }, () => next(neverThreshold(shape) + 1)),
        offsets: Int32Array.from({ length: threshold ? 0 : shape.outputs }, () => next(2001) - 1000),
      };
    }),
  );
}

/** Builds a dense binary network of these widths behind a thermometer with random thresholds. */
export function randomThermometerNetwork(
  inputShape: PictureShape,
  levels: number,
  widths: readonly number[],
  inputBits: number,
  next: (below: number) => number,
): UnrolledNetwork {
  const [height, width, channels] = inputShape;
  const count = height * width * channels;
  const { layers } = randomNetwork([levels * count, ...widths], 1, 1, next);
  const thresholds = Int32Array.from({ length: levels * channels }, () => next(2 ** inputBits));
  const activation = { kind: 'threshold', thresholds } as const;
  return {
    input: { count, bits: inputBits },
    layers: [{ kind: 'thermometer', inputShape, activation }, ...layers],
  };
}
