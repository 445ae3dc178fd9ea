import { ModelError } from '@adiabit/simulator';
import { isBinaryActivation } from './activations.js';
import type { ActivationName } from './trained-network.js';

/** What becomes binary. The layers are the same in every mode: the mode alone decides. */
export type BinarizationMode = 'real' | 'weights' | 'activations' | 'both';

export interface DenseSpec {
  readonly units: number;
  /** The activation when the mode binarizes activations (else it is relu); `none` for the last layer only. */
  readonly activation: ActivationName;
  /** Fraction of the activations dropped while training, 0 <= dropout < 1; 0 when absent. */
  readonly dropout?: number;
}

/** A dense network as data. It sees x / divisor for unsigned integers x below 2^inputBits. */
export interface NetworkSpec {
  readonly name: string;
  readonly inputs: number;
  /** 1 to 8: examples are bytes. */
  readonly inputBits: number;
  readonly divisor: number;
  readonly layers: readonly DenseSpec[];
  readonly mode: BinarizationMode;
}

/** One layer with the mode applied: everything a forward pass must know. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly binaryWeights: boolean;
  readonly activation: ActivationName;
  readonly binaryActivation: boolean;
  readonly dropout: number;
  /** What the weighted sum is divided by: the network's divisor in the first layer, 1 after it. */
  readonly divisor: number;
}

/** Applies the mode. @throws ModelError `model.bad-value` or `model.unsupported-layer` naming the layer at fault */
export function resolveLayers(spec: NetworkSpec): readonly DenseLayer[] {
  checkInput(spec);
  const binaryWeights = spec.mode === 'weights' || spec.mode === 'both';
  const binaryActivations = spec.mode === 'activations' || spec.mode === 'both';
  return spec.layers.map((layer, index) => {
    checkLayer(spec, layer, index);
    const isBinary = binaryActivations && isBinaryActivation(layer.activation);
    return {
      inputs: index === 0 ? spec.inputs : spec.layers[index - 1].units,
      outputs: layer.units,
      binaryWeights,
      activation: isBinary || layer.activation === 'none' ? layer.activation : 'relu',
      binaryActivation: isBinary,
      dropout: layer.dropout ?? 0,
      divisor: index === 0 ? spec.divisor : 1,
    };
  });
}

function checkInput(spec: NetworkSpec): void {
  const fail = (what: string): never => {
    throw new ModelError('bad-value', `Network '${spec.name}': ${what}.`, { network: spec.name });
  };
  if (!isPositiveInteger(spec.inputs)) fail(`inputs must be a positive integer, not ${spec.inputs}`);
  if (!isPositiveInteger(spec.inputBits) || spec.inputBits > 8) fail(`inputBits must be 1 to 8, not ${spec.inputBits}`);
  if (!(spec.divisor > 0 && Number.isFinite(spec.divisor))) fail(`divisor must be positive, not ${spec.divisor}`);
  if (spec.layers.length === 0) fail('it has no layers');
}

function checkLayer(spec: NetworkSpec, layer: DenseSpec, index: number): void {
  const isLast = index === spec.layers.length - 1;
  const where = `Network '${spec.name}', layer ${index}`;
  const details = { network: spec.name, layer: index };
  if (!isPositiveInteger(layer.units)) {
    throw new ModelError('bad-value', `${where}: units must be a positive integer, not ${layer.units}.`, details);
  }
  const dropout = layer.dropout ?? 0;
  if (!(dropout >= 0 && dropout < 1)) {
    throw new ModelError('bad-value', `${where}: dropout must be in [0, 1), not ${dropout}.`, details);
  }
  if (isLast !== (layer.activation === 'none')) {
    const message = isLast
      ? `the last layer gives logits: its activation must be 'none', not '${layer.activation}'`
      : `only the last layer may have the activation 'none'`;
    throw new ModelError('unsupported-layer', `${where}: ${message}.`, details);
  }
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
