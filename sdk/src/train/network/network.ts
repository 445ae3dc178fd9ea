import { ModelError } from '@adiabit/simulator/errors';
import type { NetworkSpec } from './layer-specs.js';
import { isPositiveInteger, type Layer, product } from './layers.js';
import { binarizationModes } from './mode.js';
import { resolveLayer } from './resolve-layer.js';

export type { DenseSpec, LayerSpec, NetworkSpec } from './layer-specs.js';
export { binarizationModes, type BinarizationMode } from './mode.js';
export type { DenseLayer, Layer } from './layers.js';

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
