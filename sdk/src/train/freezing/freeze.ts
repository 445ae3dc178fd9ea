import { ModelError } from '@adiabit/simulator';
import type { BinarizedModel } from '../../model/model.js';
import { prepareInput } from '../../model/preparation.js';
import { productsIn } from '../../model/products.js';
import { validateModel } from '../../model/validate.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { interceptAt, signOf, slopeAt } from './affine.js';
import { checkTrained, isExact, keepsActivationsReal } from './checks.js';
import { freezeInput } from './input.js';
import { ModelBuilder } from './model-builder.js';
import { scaleOutputs } from './outputs.js';
import { walkLayers } from './walk.js';

/** What freezing decided, and how it was checked. */
export interface FreezeReport {
  /** Fraction bits f of the integer outputs: S * 2^f + round(bias / scale * 2^f). */
  readonly outputFractionBits: number;
  /** On how many of the inputs tried the integer class equals the class of the real-valued outputs of the same sums. */
  readonly agreement: { readonly equal: number; readonly total: number };
  /** Whether every decision is the hard network's: everything is binary, and no real number had to be rounded. */
  readonly isExact: boolean;
}

export interface FrozenNetwork {
  readonly model: BinarizedModel;
  readonly report: FreezeReport;
}

/** Examples that show how large real activations become. */
const calibrationExamples = 32;
/** Products that the choice of the output's fraction bits may cost: a few seconds. */
const productsToTry = 5e9;

/**
 * Turns a trained network into exact integers. A neuron fires when scale * S * unit + bias >= 0, S its integer sum and
 * unit the value of one input step, so when S >= T with T = ceil(-bias / (scale * unit)), computed in rational
 * arithmetic on the exact values of the float32 parameters; batch normalisation is part of scale and bias. Where that
 * function falls, the weights turn their sign instead, so that neurons only ever fire upwards, and a maximum before it
 * becomes a minimum after it. What the network keeps real becomes 8 bits: weights with a step a row, activations with
 * one step a layer, found with the first 32 examples. Layers that are added up meet in steps of 2^-10.
 *
 * The number of fraction bits of the outputs is the smallest with which the integer class equals the real one on all
 * `examples` (validation inputs; of large networks as many as a few seconds allow); without any it is 8.
 * @throws ModelError `model.unsupported-layer` for a combination that has no integer form, `model.bad-value` for NaN,
 * infinity, a last layer of scale 0, or real activations without examples
 */
export function freeze(trained: TrainedNetwork, examples: readonly Uint8Array[] = []): FrozenNetwork {
  checkTrained(trained);
  const calibration = examples.slice(0, calibrationExamples);
  const { input, start, layersUsed } = freezeInput(trained, calibration);
  const prepared = (some: readonly Uint8Array[]) => some.map((example) => prepareInput(input, example));
  const builder = new ModelBuilder(input, keepsActivationsReal(trained) ? prepared(calibration) : []);
  const logits = walkLayers(trained, builder, start, layersUsed, calibration.length > 0);
  const { affine, shape } = builder.sums(logits);
  const slope = slopeAt(affine, 0).abs();
  if (signOf(slope) === 0) {
    const message = `The last layer of "${trained.name}" has scale 0: its outputs do not depend on its inputs. Train it again.`;
    throw new ModelError('bad-value', message, { layer: trained.layers.length - 1 });
  }
  const draft = builder.model(trained.name);
  validateModel(draft);
  const ratios = Array.from({ length: shape[2] }, (_, output) => interceptAt(affine, output).div(slope));
  const tried = prepared(examples.slice(0, Math.ceil(productsToTry / productsIn(draft))));
  const { model, shift, equal } = scaleOutputs(draft, ratios, tried);
  validateModel(model);
  const agreement = { equal, total: tried.length };
  return { model, report: { outputFractionBits: shift, agreement, isExact: isExact(model) } };
}
