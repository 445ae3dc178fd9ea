import { ModelError } from '@adiabit/simulator/errors';
import { type ActivationName, isActivation, isBinaryActivation } from './activations.js';
import type {
  ActivationSpec,
  AddSpec,
  ConvolutionSpec,
  DenseSpec,
  GroupSumSpec,
  LayerSpec,
  LogicSpec,
  Padding,
  PoolSpec,
  Size,
  NetworkSpec,
  ThermometerSpec,
} from './layer-specs.js';
import {
  type AddLayer,
  channelsOf,
  type ConvolutionLayer,
  type DenseLayer,
  type GroupSumLayer,
  isPositiveInteger,
  type Layer,
  type LogicLayer,
  type Pair,
  type PoolLayer,
  positionsAlong,
  product,
  type Shape,
  type ThermometerLayer,
} from './layers.js';
import type { BinarizationMode } from './mode.js';

/** Half the width of the initial kernel's uniform distribution, as in the authors' code. */
export const INITIAL_KERNEL_BOUND = 0.1;

type Picture = readonly [height: number, width: number, channels: number];

/** Returns one layer with the mode and the shapes of what comes before applied. @throws ModelError naming the layer */
export function resolveLayer(spec: NetworkSpec, layer: LayerSpec, index: number, before: readonly Layer[]): Layer {
  const context = new Context(spec, index, before);
  const { inputShape } = context;
  const isLast = index === spec.layers.length - 1;
  if (layer.kind === 'logic') return resolveLogic(context, layer, before, isLast);
  if (layer.kind === 'group-sum') return resolveGroupSum(context, layer, before, isLast);
  if (before.at(-1)?.kind === 'logic') {
    throw context.error('unsupported-layer', 'what follows a layer of tables is another, or the sums of groups');
  }
  if (layer.kind === undefined || layer.kind === 'dense') return resolveDense(context, layer, isLast);
  if (isLast) {
    throw context.error('unsupported-layer', `the last layer gives logits: it must be dense, not ${layer.kind}`);
  }
  switch (layer.kind) {
    case 'convolution':
      return resolveConvolution(context, layer);
    case 'max-pool':
    case 'average-pool':
      return resolvePool(context, layer);
    case 'global-average-pool':
      return { kind: layer.kind, ...shapes(inputShape, [context.picture(layer.kind)[2]]) };
    case 'flatten':
      return { kind: layer.kind, ...shapes(inputShape, [product(inputShape)]) };
    case 'activation':
      return {
        kind: layer.kind,
        ...shapes(inputShape, inputShape),
        ...context.activation(layer.activation, layer.realIn),
        ...context.gradientSharpness(layer),
      };
    case 'dropout':
      return { kind: layer.kind, ...shapes(inputShape, inputShape), dropout: context.dropout(layer.rate) };
    case 'add':
      return resolveAdd(context, layer, before);
    case 'normalize': {
      const { kind, mean, deviation } = layer;
      const channels = channelsOf(inputShape);
      if (mean.length !== channels || deviation.length !== channels) {
        throw context.error('shape-mismatch', `mean and deviation must have ${channels} numbers, one a channel`);
      }
      if (!deviation.every((value) => value > 0)) throw context.error('bad-value', 'a deviation must be positive');
      return { kind, ...shapes(inputShape, inputShape), mean, deviation };
    }
    case 'mu-law':
      if (index > 0) throw context.error('unsupported-layer', 'only the input can be mu-law');
      return { kind: layer.kind, ...shapes(inputShape, inputShape) };
    case 'thermometer':
      return resolveThermometer(context, layer, index);
    case 'batch-norm':
    case 'standardize':
      return { kind: layer.kind, ...shapes(inputShape, inputShape) };
    default: {
      // Recipes may come from JavaScript or JSON.
      const { kind } = layer as { readonly kind: unknown };
      throw context.error('unsupported-layer', `there is no layer of the kind '${String(kind)}'`);
    }
  }
}

function resolveDense(context: Context, layer: DenseSpec, isLast: boolean): DenseLayer {
  const { units, activation } = layer;
  context.positiveInteger('units', units);
  const dropout = context.dropout(layer.dropout ?? 0);
  if (isLast && activation !== 'none') {
    const message = `the last layer gives logits: its activation must be 'none', not '${activation}'`;
    throw context.error('unsupported-layer', message);
  }
  const { inputShape } = context;
  if (inputShape.length !== 1) throw context.error('shape-mismatch', 'a dense layer takes plain values: flatten first');
  const inputs = inputShape[0];
  const isKeptReal = layer.realIn?.includes(context.spec.mode) === true;
  return {
    kind: 'dense',
    ...shapes(inputShape, [units]),
    dropout,
    binaryWeights: context.hasBinaryWeights(layer),
    initialBound: isKeptReal ? glorotBound(inputs, units) : INITIAL_KERNEL_BOUND,
    divisor: context.divisor,
    ...context.hardening(layer),
    ...(activation === 'none' ? { activation, binaryActivation: false } : context.activation(activation)),
  };
}

function resolveConvolution(context: Context, layer: ConvolutionSpec): ConvolutionLayer {
  const [height, width, channels] = context.picture('convolution');
  const { filters, padding = 'same' } = layer;
  context.positiveInteger('filters', filters);
  const size = context.pair('size', layer.size);
  const stride = context.pair('stride', layer.stride ?? 1);
  const outputShape = [
    context.outputLength(height, size[0], stride[0], padding),
    context.outputLength(width, size[1], stride[1], padding),
    filters,
  ] as const;
  const binaryWeights = context.hasBinaryWeights(layer);
  const window = size[0] * size[1];
  return {
    kind: 'convolution',
    ...shapes(context.inputShape, outputShape),
    binaryWeights,
    initialBound: binaryWeights ? INITIAL_KERNEL_BOUND : glorotBound(window * channels, window * filters),
    divisor: context.divisor,
    ...context.hardening(layer),
    size,
    stride,
    padding,
  };
}

function resolvePool(context: Context, layer: PoolSpec): PoolLayer {
  const [height, width, channels] = context.picture(layer.kind);
  const size = context.pair('size', layer.size);
  const stride = context.pair('stride', layer.stride ?? layer.size);
  const outputShape = [
    context.outputLength(height, size[0], stride[0], 'valid'),
    context.outputLength(width, size[1], stride[1], 'valid'),
    channels,
  ] as const;
  return { kind: layer.kind, ...shapes(context.inputShape, outputShape), size, stride };
}

function resolveAdd(context: Context, layer: AddSpec, before: readonly Layer[]): AddLayer {
  const { from, shortcut } = layer;
  const source = before.at(from);
  if (!(Number.isInteger(from) && from >= 0) || source === undefined) {
    throw context.error('bad-value', `from must be an earlier layer, 0 to ${before.length - 1}, not ${from}`);
  }
  const { inputShape } = context;
  const fromShape = source.outputShape;
  const arrives = shortcut === undefined ? fromShape : context.shortcutShape(fromShape, shortcut);
  if (arrives.join() !== inputShape.join()) {
    const message = `[${inputShape.join()}] and [${arrives.join()}] of layer ${from} cannot be added`;
    throw context.error('shape-mismatch', message);
  }
  const binaryWeights = shortcut !== undefined && context.hasBinaryWeights(layer);
  const channels = channelsOf(fromShape);
  return {
    kind: 'add',
    ...shapes(inputShape, inputShape),
    binaryWeights,
    initialBound: binaryWeights ? INITIAL_KERNEL_BOUND : glorotBound(channels, channelsOf(inputShape)),
    divisor: 1,
    ...context.hardening(layer),
    from,
    fromShape,
    stride: shortcut?.stride ?? 0,
  };
}

function resolveThermometer(context: Context, layer: ThermometerSpec, index: number): ThermometerLayer {
  const { inputShape, spec } = context;
  if (index > 0) throw context.error('unsupported-layer', 'only the first layer can be a thermometer');
  if (spec.divisor !== 1) {
    throw context.error('bad-value', `bits of a thermometer are not divided: divisor must be 1, not ${spec.divisor}`);
  }
  // Recipes may come from JavaScript or JSON.
  const named: { readonly levels?: unknown; readonly thresholds?: unknown } = layer;
  if ((named.levels === undefined) === (named.thresholds === undefined)) {
    throw context.error('bad-value', 'a thermometer has levels, which are learnt from the data, or thresholds');
  }
  const levels = layer.thresholds === undefined ? layer.levels : (layer.thresholds.at(0)?.length ?? 0);
  context.positiveInteger('levels', levels);
  const most = 2 ** spec.inputBits - 1;
  if (levels > most) throw context.error('bad-value', `values of ${spec.inputBits} bits have ${most} levels at most`);
  const { thresholds } = layer;
  const channels = channelsOf(inputShape);
  if (thresholds !== undefined && thresholds.length !== channels) {
    throw context.error('shape-mismatch', `thresholds must be ${channels} lists, one a channel`);
  }
  const isGood = (list: readonly number[]): boolean =>
    list.length === levels &&
    list.every((value, at) => Number.isInteger(value) && value > (at === 0 ? 0 : list[at - 1]) && value <= most);
  const bad = thresholds?.findIndex((list) => !isGood(list)) ?? -1;
  if (bad >= 0) {
    const message = `thresholds of channel ${bad} must be ${levels} ascending integers from 1 to ${most}`;
    throw context.error('bad-value', message);
  }
  const pixels = inputShape.length === 3 ? [inputShape[0], inputShape[1]] : [];
  const outputShape = [...pixels, channels * levels] as unknown as Shape;
  return {
    kind: layer.kind,
    ...shapes(inputShape, outputShape),
    levels,
    ...(thresholds === undefined ? {} : { thresholds }),
  };
}

const MOST_TABLE_INPUTS = 6;
const USUAL_CANDIDATES = 16;

function resolveLogic(context: Context, layer: LogicSpec, before: readonly Layer[], isLast: boolean): LogicLayer {
  const { tables, tableInputs, candidates = USUAL_CANDIDATES, wireRate = 1 } = layer;
  const { inputShape, spec } = context;
  if (spec.mode !== 'both') {
    throw context.error('unsupported-layer', `tables are bits: the mode must be both, not ${spec.mode}`);
  }
  const previous = before.at(-1);
  const hasBits = previous === undefined ? spec.inputBits === 1 : ['thermometer', 'logic'].includes(previous.kind);
  if (!hasBits || (before.length > 1 && before.slice(1).some(({ kind }) => kind !== 'logic'))) {
    throw context.error(
      'unsupported-layer',
      'tables take bits: of a thermometer, of tables, or of an input of one bit',
    );
  }
  if (isLast) throw context.error('unsupported-layer', 'the last layer gives logits: let group-sum follow the tables');
  context.positiveInteger('tables', tables);
  context.positiveInteger('candidates', candidates);
  if (!(Number.isInteger(tableInputs) && tableInputs >= 2 && tableInputs <= MOST_TABLE_INPUTS)) {
    throw context.error('bad-value', `tableInputs must be 2 to ${MOST_TABLE_INPUTS}, not ${tableInputs}`);
  }
  if (!(wireRate > 0 && Number.isFinite(wireRate))) {
    throw context.error('bad-value', `wireRate must be positive, not ${wireRate}`);
  }
  const shaped = shapes(inputShape, [tables]);
  // Of fewer inputs, all are candidates.
  return { kind: 'logic', ...shaped, tableInputs, candidates: Math.min(candidates, shaped.inputs), wireRate };
}

function resolveGroupSum(
  context: Context,
  { classes, temperature }: GroupSumSpec,
  before: readonly Layer[],
  isLast: boolean,
): GroupSumLayer {
  if (before.at(-1)?.kind !== 'logic' || !isLast) {
    throw context.error('unsupported-layer', 'sums of groups are the last layer, after one of tables');
  }
  context.positiveInteger('classes', classes);
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw context.error('bad-value', `temperature must be positive, not ${temperature}`);
  }
  const tables = product(context.inputShape);
  if (tables % classes !== 0) {
    throw context.error('shape-mismatch', `${tables} tables cannot be shared out evenly to ${classes} classes`);
  }
  return { kind: 'group-sum', ...shapes(context.inputShape, [classes]), temperature };
}

/** Returns Keras's default for real layers (X. Glorot, Y. Bengio, AISTATS 2010, equation 16). */
function glorotBound(fanIn: number, fanOut: number): number {
  return Math.sqrt(6 / (fanIn + fanOut));
}

function shapes(inputShape: Shape, outputShape: Shape) {
  return { inputShape, outputShape, inputs: product(inputShape), outputs: product(outputShape), dropout: 0 };
}

/** The place of a layer in the network, for its shapes and its errors. */
class Context {
  readonly #index: number;
  readonly #before: readonly Layer[];

  constructor(
    readonly spec: NetworkSpec,
    index: number,
    before: readonly Layer[],
  ) {
    this.#index = index;
    this.#before = before;
  }

  get inputShape(): Shape {
    const last = this.#before.at(-1);
    if (last !== undefined) return last.outputShape;
    const { inputs, inputShape = [inputs] } = this.spec;
    if (inputShape.length === 1) return [inputs];
    return inputShape.length === 2 ? [1, inputShape[0], inputShape[1]] : [inputShape[0], inputShape[1], inputShape[2]];
  }

  /** The network's divisor for the first weighted layer. */
  get divisor(): number {
    const isFirst = this.#before.every(({ kind }) => kind !== 'dense' && kind !== 'convolution');
    return isFirst ? this.spec.divisor : 1;
  }

  picture(kind: string): Picture {
    const { inputShape } = this;
    if (inputShape.length === 3) return inputShape;
    throw this.error('shape-mismatch', `${kind} takes a picture or a line, but here are ${inputShape[0]} plain values`);
  }

  hasBinaryWeights(layer: { readonly realIn?: readonly BinarizationMode[] }): boolean {
    const { mode } = this.spec;
    return (mode === 'weights' || mode === 'both') && layer.realIn?.includes(mode) !== true;
  }

  activation(name: ActivationName, realIn: readonly BinarizationMode[] = []) {
    const { mode } = this.spec;
    if (!isActivation(name)) throw this.error('unsupported-layer', `there is no activation '${name}'`);
    const isBinarized = (mode === 'activations' || mode === 'both') && !realIn.includes(mode);
    const binaryActivation = isBinarized && isBinaryActivation(name);
    return { activation: binaryActivation ? name : 'relu', binaryActivation } as const;
  }

  hardening({ sharpness = 1, latentBound = Infinity }: Pick<DenseSpec, 'sharpness' | 'latentBound'>) {
    if (!(sharpness > 0 && Number.isFinite(sharpness))) {
      throw this.error('bad-value', `sharpness must be positive and finite, not ${sharpness}`);
    }
    if (!(latentBound > 0)) throw this.error('bad-value', `latentBound must be positive, not ${latentBound}`);
    return { sharpness, latentBound };
  }

  gradientSharpness({ gradientSharpness }: ActivationSpec): Pick<ActivationSpec, 'gradientSharpness'> {
    if (gradientSharpness === undefined) return {};
    if (gradientSharpness > 0) return { gradientSharpness };
    throw this.error('bad-value', `gradientSharpness must be positive, not ${gradientSharpness}`);
  }

  dropout(rate: number): number {
    if (rate >= 0 && rate < 1) return rate;
    throw this.error('bad-value', `dropout must be in [0, 1), not ${rate}`);
  }

  positiveInteger(name: string, value: number): void {
    if (!isPositiveInteger(value)) {
      throw this.error('bad-value', `${name} must be a positive integer, not ${value}`);
    }
  }

  pair(name: string, size: Size): Pair {
    const isLine = this.spec.inputShape?.length === 2;
    const pair: Pair = typeof size === 'number' ? [isLine ? 1 : size, size] : size;
    pair.forEach((value) => this.positiveInteger(name, value));
    return pair;
  }

  outputLength(length: number, size: number, stride: number, padding: Padding): number {
    if (padding === 'same' || length >= size) return positionsAlong(length, size, stride, padding);
    throw this.error('shape-mismatch', `a window of ${size} does not fit into ${length}`);
  }

  shortcutShape(from: Shape, shortcut: { readonly filters: number; readonly stride: number }): Shape {
    this.positiveInteger('shortcut.filters', shortcut.filters);
    this.positiveInteger('shortcut.stride', shortcut.stride);
    if (from.length !== 3) throw this.error('shape-mismatch', 'a shortcut takes a picture or a line');
    const along = (length: number) => Math.ceil(length / shortcut.stride);
    return [along(from[0]), along(from[1]), shortcut.filters];
  }

  error(code: 'bad-value' | 'shape-mismatch' | 'unsupported-layer', what: string): ModelError {
    const { name } = this.spec;
    return new ModelError(code, `Network '${name}', layer ${this.#index}: ${what}.`, {
      network: name,
      layer: this.#index,
    });
  }
}
