import { MAX_STEPS, STEPS_UNIT, type SampleEncoding } from '@adiabit/simulator/network';
import type { SaturatedLayer } from '../../model/comparison.js';
import { fraction } from '../../model/fractions.js';
import type { NetworkInput, PictureShape } from '../../model/model.js';
import { standardized } from '../../model/preparation.js';
import { exactFraction } from '../../model/rational.js';
import { pictureOf } from '../network/layers.js';
import type { TrainedLayer, TrainedNetwork } from '../network/trained-network.js';
import { compose, one, uniform, zero } from './affine.js';
import type { Place } from './place.js';

/** The input of the model, where freezing starts, and how many layers it stands for already. */
export interface FrozenInput {
  readonly input: NetworkInput;
  readonly start: Place;
  readonly layersUsed: number;
  readonly held: readonly SaturatedLayer[];
}

/** Standard deviations that 8 bits reach when no example says more. */
const USUAL_REACH = 8;
/** Share of the samples that are held at the end of the range: rare peaks would cost everything else its steps. */
const SATURATED_SHARE = 1e-4;

/**
 * Freezes the input layers. Mu-law and standardizing become a preparation in integers, normalisation of channels
 * becomes zero points and slopes.
 */
export function freezeInput({ input, layers }: TrainedNetwork, examples: readonly Uint8Array[]): FrozenInput {
  const { count, bits } = input;
  const [first] = layers;
  const shape: PictureShape = 'inputShape' in first ? pictureOf(first.inputShape) : [1, 1, count];
  const muLaw = first.kind === 'mu-law';
  const next = muLaw ? 1 : 0;
  if (layers[next].kind === 'standardize') {
    const samples = muLaw ? 'muLaw' : 'linear';
    const steps = Math.round((STEPS_UNIT * (2 ** 7 - 1)) / reachOf(examples, samples));
    const preparation = { kind: 'standardize', samples, steps: Math.min(Math.max(steps, 1), MAX_STEPS) } as const;
    const step = fraction(STEPS_UNIT, preparation.steps);
    const frozen = { count, bits: 8, zeroPoints: Int32Array.of(128), preparation };
    const holds = step.valueOf() * (2 ** 7 - 1);
    // No value is further from the mean than when all others are alike.
    const reach = Math.sqrt(count - 1);
    const held = reach > holds ? [{ layer: next, holds, reach }] : [];
    return {
      input: frozen,
      start: { layer: -1, shape, affine: uniform(step) },
      layersUsed: next + 1,
      held,
    };
  }
  if (first.kind === 'normalize') {
    const zeroPoints = zeroPointsFor(layers, first.mean, bits);
    const shift = Array.from(first.mean, (mean, channel) =>
      exactFraction((zeroPoints ?? zeroOnly)[channel % (zeroPoints ?? zeroOnly).length]).sub(exactFraction(mean)),
    );
    const lessMean = { slopes: [one], intercepts: shift };
    const scaled = { slopes: first.deviation.map((value) => one.div(exactFraction(value))), intercepts: [zero] };
    const frozen = { count, bits, ...(zeroPoints === undefined ? {} : { zeroPoints }) };
    return { input: frozen, start: { layer: -1, shape, affine: compose(scaled, lessMean) }, layersUsed: 1, held: [] };
  }
  return { input: { count, bits }, start: { layer: -1, shape, affine: uniform(one) }, layersUsed: 0, held: [] };
}

const zeroOnly = Int32Array.of(0);

/**
 * Integers near the means, which the first layer subtracts: where 0 must be an integer, or real weights are rounded,
 * which costs least around 0. Binary weights need none, because the means are a constant of each sum.
 */
function zeroPointsFor(layers: readonly TrainedLayer[], mean: readonly number[], bits: number): Int32Array | undefined {
  const next = layers.findIndex(({ kind }, index) => index > 0 && !passesOn.includes(kind));
  const layer = layers.at(next);
  if (layer === undefined || !('binaryWeights' in layer)) return undefined;
  if (layer.binaryWeights && !(layer.kind === 'convolution' && layer.padding === 'same')) return undefined;
  const isFlattened = layers.slice(0, next).some(({ kind }) => kind === 'flatten') || layer.kind === 'dense';
  const points = isFlattened ? [mean.reduce((sum, value) => sum + value, 0) / mean.length] : mean;
  return Int32Array.from(points, (point) => Math.min(Math.max(Math.round(point), 0), 2 ** bits - 1));
}

/** Layers that make none of the model. */
const passesOn: readonly string[] = ['normalize', 'batch-norm', 'flatten', 'dropout'];

function reachOf(examples: readonly Uint8Array[], samples: SampleEncoding): number {
  if (examples.length === 0) return USUAL_REACH;
  const magnitudes = examples.flatMap((example) => [...standardized(example, samples).map(Math.abs)]);
  const sorted = Float64Array.from(magnitudes).sort();
  return sorted[Math.floor((1 - SATURATED_SHARE) * (sorted.length - 1))] || USUAL_REACH;
}
