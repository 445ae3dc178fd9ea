import type { ModelInput, PictureShape } from '../../model/model.js';
import { standardized } from '../../model/preparation.js';
import { exactFraction } from '../../model/rational.js';
import { pictureOf } from '../network/layers.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { affineOf, compose, one, uniform, zero } from './affine.js';
import type { Place } from './place.js';

/** The input of the model, where freezing starts, and how many layers it stands for already. */
export interface FrozenInput {
  readonly input: ModelInput;
  readonly start: Place;
  readonly layersUsed: number;
}

/** Standard deviations that 8 bits reach when no example says more. */
const usualReach = 8;
/** Share of the samples that are held at the end of the range: rare peaks would cost everything else its steps. */
const heldShare = 1e-4;

/**
 * Mu-law and standardizing become a preparation before the circuit, normalisation of channels becomes zero points and
 * slopes.
 */
export function freezeInput({ input, layers }: TrainedNetwork, examples: readonly Uint8Array[]): FrozenInput {
  const { count, bits } = input;
  const [first] = layers;
  const shape: PictureShape = 'inputShape' in first ? pictureOf(first.inputShape) : [1, 1, count];
  const muLaw = first.kind === 'mu-law';
  const next = muLaw ? 1 : 0;
  if (layers[next].kind === 'standardize') {
    const step = reachOf(examples, muLaw) / (2 ** 7 - 1);
    const preparation = { kind: 'standardize', muLaw, step } as const;
    const frozen = { count, bits: 8, zeroPoints: Int32Array.of(128), preparation };
    return { input: frozen, start: { layer: -1, shape, affine: uniform(exactFraction(step)) }, layersUsed: next + 1 };
  }
  if (first.kind === 'normalize') {
    const zeroPoints = Int32Array.from(first.mean, (mean) => Math.min(Math.max(Math.round(mean), 0), 2 ** bits - 1));
    const lessMean = affineOf(
      first.mean.map(() => 1),
      first.mean.map((mean, channel) => zeroPoints[channel] - mean),
    );
    const inverse = { slopes: first.deviation.map((value) => one.div(exactFraction(value))) };
    const scaled = { ...inverse, intercepts: [zero] };
    const start = { layer: -1, shape, affine: compose(scaled, lessMean) };
    return { input: { count, bits, zeroPoints }, start, layersUsed: 1 };
  }
  return { input: { count, bits }, start: { layer: -1, shape, affine: uniform(one) }, layersUsed: 0 };
}

function reachOf(examples: readonly Uint8Array[], muLaw: boolean): number {
  if (examples.length === 0) return usualReach;
  const magnitudes = examples.flatMap((example) => [...standardized(example, muLaw).map(Math.abs)]);
  const sorted = Float64Array.from(magnitudes).sort();
  return sorted[Math.floor((1 - heldShare) * (sorted.length - 1))] || usualReach;
}
