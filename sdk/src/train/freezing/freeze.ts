import { ModelError } from '@adiabit/simulator/errors';
import type { HardComparison } from '../../model/comparison.js';
import { validateModel, type BinarizedModel, type IntegerActivation } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import { productsIn } from '../../model/products.js';
import { vectorsInContentOrder } from '../datasets/content-order.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { interceptAt, signOf, slopeAt } from './affine.js';
import { checkTrained, keepsActivationsReal } from './checks.js';
import { compareWithHard } from './compare.js';
import { freezeInput } from './input.js';
import { ModelBuilder } from './model-builder.js';
import { scaleOutputs } from './outputs.js';
import { walkLayers } from './walk.js';

/** What freezing decided, and how it was checked: the agreement is that of the examples tried. */
export interface FreezeReport extends HardComparison {
  /** Fraction bits f of the integer outputs: S * 2^f + round(bias / scale * 2^f). */
  readonly outputFractionBits: number;
  /** What one step of the integer outputs is in the real network's. */
  readonly outputUnit: number;
}

export interface FrozenNetwork {
  readonly model: BinarizedModel;
  readonly report: FreezeReport;
}

/** Examples that show how large real activations become. */
const CALIBRATION_EXAMPLES = 32;
/** Products that the choice of the output's fraction bits may cost: a few seconds. */
const PRODUCTS_TO_TRY = 5e9;

/**
 * Turns a trained network into exact integers. A neuron fires when scale * S * unit + bias >= 0, S its integer sum and
 * unit the value of one input step, so when S >= T with T = ceil(-bias / (scale * unit)), computed in rational
 * arithmetic on the exact values of the float32 parameters; batch normalisation is part of scale and bias. Where that
 * function falls, the weights turn their sign instead, so that neurons only ever fire upwards, and a maximum before it
 * becomes a minimum after it. What the network keeps real becomes 8 bits: weights with a step a row, activations with
 * one step a layer, found with 32 of the examples. Other values between layers are the sums themselves where 16 bits
 * hold them, else 16 bits in steps of a power of two that follows from the largest value that can occur, so that
 * nothing is cut off.
 *
 * The number of fraction bits of the outputs is the smallest with which the integer class equals the real one on all
 * `examples` (validation inputs; of large networks as many as a few seconds allow), without any it is 8; where nothing
 * else was rounded, as many more as it takes to prove them equal for every input.
 * @throws ModelError `model.unsupported-layer` for a combination that has no integer form, `model.bad-value` for NaN,
 * infinity, a last layer of scale 0, or real activations without examples
 */
export function freeze(trained: TrainedNetwork, examples: readonly Uint8Array[] = []): FrozenNetwork {
  checkTrained(trained);
  const mixed = vectorsInContentOrder(examples);
  const calibration = mixed.slice(0, CALIBRATION_EXAMPLES);
  const { input, start, layersUsed, held } = freezeInput(trained, calibration);
  const builder = new ModelBuilder(input, keepsActivationsReal(trained) ? calibration : []);
  const logits = walkLayers(trained, builder, start, layersUsed, calibration.length > 0);
  const { affine, shape } = builder.sums(logits);
  const slope = slopeAt(affine, 0);
  if (signOf(slope) === 0) {
    const message = `The last layer of "${trained.name}" has scale 0: its outputs do not depend on its inputs. Train it again.`;
    throw new ModelError('bad-value', message, { layer: trained.layers.length - 1 });
  }
  const draft = builder.model(trained.name);
  validateModel(draft);
  const ratios = Array.from({ length: shape[2] }, (_, output) => interceptAt(affine, output).div(slope));
  const tried = mixed.slice(0, Math.ceil(PRODUCTS_TO_TRY / productsIn(draft)));
  const oracle = createOracle(draft);
  const sums = tried.map((example) => oracle(example).outputs);
  const isUnrounded = builder.isExact && input.preparation === undefined;
  const { model: scaled, shift, isProved } = scaleOutputs(draft, ratios, sums, isUnrounded);
  const { trainedOn } = trained;
  const model = trainedOn === undefined ? scaled : { ...scaled, trainedOn };
  validateModel(model);
  const outputUnit = slope.valueOf() / 2 ** shift;
  const agreement = compareWithHard(trained, tried, outputsOf(model, sums), outputUnit);
  const isExact = isUnrounded && isProved;
  const report = { outputFractionBits: shift, outputUnit, agreement, isExact, held: [...held, ...builder.held] };
  return { model, report };
}

/** Returns what the last layer makes of its sums. */
function outputsOf({ layers }: BinarizedModel, sums: readonly Int32Array[]): readonly Int32Array[] {
  const { shift, offsets } = (layers[layers.length - 1] as { readonly activation: IntegerActivation }).activation;
  return sums.map((sum) => sum.map((value, output) => value * 2 ** shift + offsets[output]));
}
