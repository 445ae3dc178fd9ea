import { ModelError } from '@adiabit/simulator';
import type { LayerSpec } from './layer-specs.js';
import type { Layer } from './layers.js';
import { isPositiveInteger, product } from './layers.js';
import { resolveLayer } from './resolve-layer.js';

export type { DenseSpec, LayerSpec } from './layer-specs.js';
export type { DenseLayer, Layer } from './layers.js';

/** What becomes binary. The layers are the same in every mode: the mode alone decides. */
export type BinarizationMode = 'real' | 'weights' | 'activations' | 'both';

/** In the order in which they are compared: nothing binary first. */
export const binarizationModes: readonly BinarizationMode[] = ['real', 'weights', 'activations', 'both'];

/** A network as data. It sees x / divisor for unsigned integers x below 2^inputBits. */
export interface NetworkSpec {
  readonly name: string;
  readonly inputs: number;
  /** [height, width, channels] of a picture, [length, channels] of a line; when absent the inputs are plain values. */
  readonly inputShape?: readonly number[];
  /** 1 to 8: examples are bytes. */
  readonly inputBits: number;
  readonly divisor: number;
  readonly layers: readonly LayerSpec[];
  readonly mode: BinarizationMode;
}

/**
 * Applies the mode and works out every shape.
 *
 * @throws ModelError `model.bad-value`, `model.shape-mismatch` or `model.unsupported-layer` naming the layer at fault
 */
export function resolveLayers(spec: NetworkSpec): readonly Layer[] {
  checkInput(spec);
  return spec.layers.reduce<readonly Layer[]>((before, layer, index) => {
    return [...before, resolveLayer(spec, layer, index, before)];
  }, []);
}

function checkInput(spec: NetworkSpec): void {
  const fail = (what: string): never => {
    throw new ModelError('bad-value', `Network '${spec.name}': ${what}.`, { network: spec.name });
  };
  if (!isPositiveInteger(spec.inputs)) fail(`inputs must be a positive integer, not ${spec.inputs}`);
  const { inputShape } = spec;
  if (inputShape !== undefined) {
    const isShape = [2, 3].includes(inputShape.length) && inputShape.every(isPositiveInteger);
    if (!isShape)
      fail(`inputShape must be [height, width, channels] or [length, channels], not [${inputShape.join()}]`);
    if (product(inputShape) !== spec.inputs) {
      fail(`inputShape [${inputShape.join()}] is of ${product(inputShape)} values, but inputs is ${spec.inputs}`);
    }
  }
  if (!isPositiveInteger(spec.inputBits) || spec.inputBits > 8) fail(`inputBits must be 1 to 8, not ${spec.inputBits}`);
  if (!(spec.divisor > 0 && Number.isFinite(spec.divisor))) fail(`divisor must be positive, not ${spec.divisor}`);
  if (spec.layers.length === 0) fail('it has no layers');
  if (!binarizationModes.includes(spec.mode)) {
    fail(`mode must be one of ${binarizationModes.join(', ')}, not '${spec.mode}'`);
  }
}
