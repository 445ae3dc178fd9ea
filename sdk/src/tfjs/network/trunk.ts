import { ModelError } from '@adiabit/simulator/errors';
import type { layers, LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { adviceFor } from './advice.js';

type Layer = layers.Layer;

/** A layer of the trunk, or a sum of what the trunk carries with what an earlier layer gave. */
export interface TrunkStep {
  readonly layer: Layer;
  /** Without the batch. */
  readonly inputShape: readonly number[];
  /** The sum's other term. If absent, this is no sum. */
  readonly earlier?: {
    /** The layer that gave it; undefined for the input. */
    readonly from: Layer | undefined;
    /** What it goes through. If absent, it is added as it is. */
    readonly shortcut?: Layer;
  };
}

/** A model as one line of layers from its input to its output, with sums that look back. */
export interface Trunk {
  /** The shape of an example. */
  readonly inputShape: readonly number[];
  readonly steps: readonly TrunkStep[];
}

/**
 * Returns a model's layers in a line.
 * @throws ModelError `model.unsupported-layer` naming the layer that no line goes through, `model.shape-mismatch` for
 * a model that does not say what shape an example has
 */
export function trunkOf(model: LayersModel): Trunk {
  const { inputs, outputs, name } = model;
  if (inputs.length === 0 || outputs.length === 0) {
    throw new ModelError('shape-mismatch', `The model "${name}" has no shape yet: give its first layer an inputShape.`);
  }
  if (inputs.length > 1 || outputs.length > 1) {
    const message = `The model "${name}" has ${inputs.length} inputs and ${outputs.length} outputs: a network has one of each.`;
    throw new ModelError('unsupported-layer', message);
  }
  const nested = model.layers.find((layer) => 'layers' in layer);
  if (nested !== undefined) throw refuse(nested, 'is a model in a model', adviceFor(nested.getClassName()));
  const steps = lineTo(outputs[0], new Map());
  const twice = steps.find(({ layer }, index) => steps.findIndex((one) => one.layer === layer) < index);
  if (twice !== undefined) throw refuse(twice.layer, 'is used twice', 'make two layers of it');
  return { inputShape: shapeOf(inputs[0]), steps };
}

/** Returns a typed error that names a layer, what is wrong with it, and what would do. */
export function refuse(layer: Layer, what: string, instead: string): ModelError {
  const message = `Layer "${layer.name}" (${layer.getClassName()}) ${what}: ${instead}.`;
  return new ModelError('unsupported-layer', message, { layer: layer.name, className: layer.getClassName() });
}

/** The lines found already, by where they end: two branches of a sum share most of theirs. */
type Lines = Map<SymbolicTensor, readonly TrunkStep[]>;

function lineTo(tensor: SymbolicTensor, lines: Lines): readonly TrunkStep[] {
  const known = lines.get(tensor);
  if (known !== undefined) return known;
  const line = findLine(tensor, lines);
  lines.set(tensor, line);
  return line;
}

function findLine({ sourceLayer: layer, inputs }: SymbolicTensor, lines: Lines): readonly TrunkStep[] {
  if (inputs.length === 0) return [];
  if (inputs.length === 1) return [...lineTo(inputs[0], lines), { layer, inputShape: shapeOf(inputs[0]) }];
  if (layer.getClassName() !== 'Add' || inputs.length > 2) {
    throw refuse(layer, `joins ${inputs.length} branches`, 'only tf.layers.add joins, and two of them');
  }
  const [one, other] = inputs;
  const line = joined(layer, one, other, lines) ?? joined(layer, other, one, lines);
  if (line !== undefined) return line;
  const instead =
    'one of the two must be the output of a layer before the other, as it is or through one convolution of 1 x 1';
  throw refuse(layer, 'adds two branches that no line goes through', instead);
}

/** Returns the line through one term of a sum, if the other one looks back on that line. */
function joined(
  layer: Layer,
  through: SymbolicTensor,
  back: SymbolicTensor,
  lines: Lines,
): readonly TrunkStep[] | undefined {
  const line = lineTo(through, lines);
  const isOnLine = ({ sourceLayer, inputs }: SymbolicTensor): boolean =>
    inputs.length === 0 || line.some((step) => step.layer === sourceLayer);
  const inputShape = shapeOf(through);
  if (isOnLine(back)) return [...line, { layer, inputShape, earlier: { from: giverOf(back) } }];
  const [before] = back.inputs;
  if (back.inputs.length !== 1 || !isOnLine(before)) return undefined;
  return [...line, { layer, inputShape, earlier: { from: giverOf(before), shortcut: back.sourceLayer } }];
}

const giverOf = ({ sourceLayer, inputs }: SymbolicTensor): Layer | undefined =>
  inputs.length === 0 ? undefined : sourceLayer;

function shapeOf({ shape, sourceLayer }: SymbolicTensor): readonly number[] {
  return shape.slice(1).map((length) => {
    if (length !== null) return length;
    const message = `Layer "${sourceLayer.name}" has an output of unknown size: give the first layer an inputShape of numbers.`;
    throw new ModelError('shape-mismatch', message, { layer: sourceLayer.name });
  });
}
