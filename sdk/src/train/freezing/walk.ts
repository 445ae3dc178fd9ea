import { ModelError } from '@adiabit/simulator/errors';
import type { PictureShape } from '../../model/model.js';
import { exactFraction } from '../../model/rational.js';
import { deployedTables, paddingBefore } from '../evaluation/evaluate-hard-layers.js';
import { VARIANCE_FLOOR } from '../forward/batch-norm.js';
import { hardActivationValues, isBinaryActivation } from '../network/activations.js';
import { type Pair, pictureOf, type Shape, thresholdsOf as learnt } from '../network/layers.js';
import type {
  ActivationName,
  TrainedAdd,
  TrainedBatchNorm,
  TrainedConvolution,
  TrainedDense,
  TrainedLayer,
  TrainedNetwork,
} from '../network/trained-network.js';
import { requantizeOf, thresholdsOf } from './activations.js';
import { type Affine, compose, one, uniform, zero } from './affine.js';
import type { ModelBuilder } from './model-builder.js';
import type { Place } from './place.js';
import { weigh } from './weigh.js';

/** Largest value of a real activation as 8 bits. */
const ACTIVATION_MAXIMUM = 255;

/**
 * Goes through the trained layers from the input's place: each becomes a change of what the integers stand for, sums
 * that await their activation, or layers of the model.
 * @returns the logits, as pending sums
 */
export function walkLayers(
  network: TrainedNetwork,
  builder: ModelBuilder,
  input: Place,
  layersUsed: number,
  canCalibrate: boolean,
): Place {
  const { layers } = network;
  const isTapped = (index: number) => layers.some((layer) => layer.kind === 'add' && layer.from === index);
  const firstWeighted = layers.findIndex(({ kind }) => kind === 'dense' || kind === 'convolution');
  const places: Place[] = layers.slice(0, layersUsed).map(() => input);
  layers.slice(layersUsed).forEach((layer, offset) => {
    const index = layersUsed + offset;
    const step: Step = {
      network,
      builder,
      index,
      canCalibrate,
      places,
      divisor: index === firstWeighted ? network.input.divisor : 1,
      isLast: index === layers.length - 1,
    };
    const place = freezeLayer(layer, places.at(-1) ?? input, step);
    places.push(isTapped(index) ? builder.settle(place) : place);
  });
  return places[places.length - 1];
}

interface Step {
  readonly network: TrainedNetwork;
  readonly builder: ModelBuilder;
  readonly index: number;
  readonly canCalibrate: boolean;
  /** The place after each layer that is frozen already. */
  readonly places: readonly Place[];
  readonly divisor: number;
  readonly isLast: boolean;
}

function freezeLayer(layer: TrainedLayer, place: Place, step: Step): Place {
  const { builder, places } = step;
  switch (layer.kind) {
    case 'dense':
      return throughDense(layer, place, step);
    case 'convolution':
      return weighWindows(layer, place, step);
    case 'add':
      return builder.sum(place, shortcut(layer, places[layer.from], step));
    case 'batch-norm':
      return { ...place, affine: compose(normalization(layer), place.affine) };
    case 'normalize': {
      const affine = compose(
        { slopes: layer.deviation.map((value) => one.div(exactFraction(value))), intercepts: [zero] },
        { slopes: [one], intercepts: layer.mean.map((mean) => exactFraction(-mean)) },
      );
      return { ...place, affine: compose(affine, place.affine) };
    }
    case 'thermometer':
      return builder.thermometer(place, Int32Array.from(learnt(layer)));
    case 'activation':
      return activate(layer.activation, place, step);
    case 'max-pool':
      return builder.maximum(place, windowsOf(layer));
    case 'average-pool':
      return builder.average(place, windowsOf(layer));
    case 'global-average-pool': {
      const [height, width] = place.shape;
      const outputShape = [1, 1, place.shape[2]] as const;
      return builder.average(place, { inputShape: place.shape, outputShape, size: [height, width], stride: [1, 1] });
    }
    case 'flatten': {
      const settled = builder.settle(place);
      return { ...settled, shape: [1, 1, layer.outputs] };
    }
    case 'logic': {
      const next = step.network.layers.at(step.index + 1);
      const classes = next?.kind === 'group-sum' ? next.outputs : layer.outputs;
      return builder.tables(place, deployedTables(layer), [1, layer.outputs / classes, classes]);
    }
    case 'group-sum': {
      const counts = builder.counts(place);
      const { slopes, intercepts } = counts.affine;
      const temperature = exactFraction(layer.temperature);
      return { ...counts, affine: { slopes: slopes.map((slope) => slope.div(temperature)), intercepts } };
    }
    case 'dropout':
      return place;
    case 'mu-law':
    case 'standardize': {
      const message = `Layer ${step.index} of "${step.network.name}": ${layer.kind} has an integer form only at the input.`;
      throw new ModelError('unsupported-layer', message, { layer: step.index, kind: layer.kind });
    }
  }
}

function throughDense(layer: TrainedDense, place: Place, step: Step): Place {
  const { builder, divisor, isLast } = step;
  const { kernel, inputs, outputs, scale, bias, activation, binaryWeights } = layer;
  const ready = builder.weighable(place, { binaryWeights, columns: inputs, isPadded: false });
  if (!binaryWeights) builder.round();
  const sums = weigh(ready, builder.rangeAt(ready.layer), {
    kernel,
    rows: outputs,
    binaryWeights,
    scale,
    divisor,
    sharesStep: isLast,
  });
  const biased: Affine = { slopes: [one], intercepts: Array.from(bias, exactFraction) };
  return activate(activation, { ...sums, affine: compose(biased, sums.affine) }, step);
}

function weighWindows(layer: TrainedConvolution, place: Place, { builder, divisor }: Step): Place {
  const { kernel, scale, size, stride, binaryWeights } = layer;
  const outputShape = pictureOf(layer.outputShape);
  const columns = size[0] * size[1] * place.shape[2];
  const ready = builder.weighable(place, { binaryWeights, columns, isPadded: isPadded(layer) });
  if (!binaryWeights) builder.round();
  const windows = { inputShape: ready.shape, outputShape, size, stride, padding: paddingOf(layer, ready.shape) };
  return weigh(ready, builder.rangeAt(ready.layer), {
    kernel,
    rows: outputShape[2],
    binaryWeights,
    scale,
    divisor,
    windows,
    sharesStep: false,
  });
}

function shortcut(layer: TrainedAdd, earlier: Place, step: Step): Place {
  if (layer.stride === 0) return earlier;
  const stride = [layer.stride, layer.stride] as const;
  const convolution = { ...layer, kind: 'convolution', inputShape: layer.fromShape, size: [1, 1], stride } as const;
  return weighWindows({ ...convolution, padding: 'same' }, earlier, step);
}

/** Returns gamma (x - mean) / sqrt(variance + 0.001) + beta, the quotient taken as the double that evaluation uses. */
function normalization({ gamma, beta, mean, variance }: TrainedBatchNorm): Affine {
  const slopes = Array.from(gamma, (value, channel) =>
    exactFraction(value / Math.sqrt(variance[channel] + VARIANCE_FLOOR)),
  );
  const intercepts = slopes.map((slope, channel) =>
    exactFraction(beta[channel]).sub(slope.mul(exactFraction(mean[channel]))),
  );
  return { slopes, intercepts };
}

function activate(name: ActivationName, place: Place, { builder, canCalibrate, network, index }: Step): Place {
  if (name === 'none') return place;
  if (isBinaryActivation(name)) {
    const { fires, rests } = hardActivationValues[name];
    const affine = uniform(exactFraction(fires - rests), exactFraction(rests));
    return builder.activate(place, (...of) => ({ activation: thresholdsOf(...of), affine, isRounded: false }));
  }
  if (!canCalibrate) {
    const message = `Layer ${index} of "${network.name}" has a real activation: give freeze some examples to scale it by.`;
    throw new ModelError('bad-value', message, { layer: index });
  }
  const reach = builder.realRangeAt(place).maximum;
  const peak = builder.peakOf(place) || Math.max(reach, 0) || ACTIVATION_MAXIMUM;
  const step = peak / ACTIVATION_MAXIMUM;
  const limits = { minimum: 0, maximum: ACTIVATION_MAXIMUM };
  if (reach > peak) builder.hold({ layer: index, holds: peak, reach });
  return builder.activate(place, (affine, channels, sums) => ({
    activation: requantizeOf(affine, channels, sums, step, limits),
    affine: uniform(exactFraction(step)),
    isRounded: true,
  }));
}

function windowsOf(layer: {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly size: Pair;
  readonly stride: Pair;
}) {
  const { size, stride } = layer;
  return { inputShape: pictureOf(layer.inputShape), outputShape: pictureOf(layer.outputShape), size, stride };
}

/** Tells whether any window reaches beyond the picture. */
function isPadded({ padding, size, stride, inputShape, outputShape }: TrainedConvolution): boolean {
  if (padding === 'valid') return false;
  const [inputs, outputs] = [pictureOf(inputShape), pictureOf(outputShape)];
  return [0, 1].some((axis) => (outputs[axis] - 1) * stride[axis] + size[axis] > inputs[axis]);
}

function paddingOf({ padding, size, stride, outputShape }: TrainedConvolution, inputShape: PictureShape) {
  if (padding === 'valid') return [0, 0] as const;
  const [height, width] = pictureOf(outputShape);
  return [
    paddingBefore(inputShape[0], height, size[0], stride[0]),
    paddingBefore(inputShape[1], width, size[1], stride[1]),
  ] as const;
}
