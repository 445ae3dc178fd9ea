import { popcountRow } from '../bits/bit-matrix.js';
import { isOperators, type AnyBitstream, type Bitstream } from '../bitstream/bitstream.js';
import type { DenseLayer } from '../fabric/architecture.js';
import type { LayerConfiguration } from '../fabric/configuration.js';
import { MAX_INTEGER_SHIFT, type DenseOperator, type OperatorNetwork } from '../operators/operators.js';

/** The network of any bitstream as operators. */
export const operatorsOf = (bitstream: AnyBitstream): OperatorNetwork =>
  isOperators(bitstream) ? bitstream.network : denseOperators(bitstream);

/**
 * Dense layers of counts as operators of signed sums, the way back of the compiler's lowering (docs/encoding.md): with Z weights of
 * -1 and values of B bits, A = S + (2^B - 1) Z; read as +1 and -1, A = (S + N) / 2.
 */
function denseOperators({ architecture, configuration }: Bitstream): OperatorNetwork {
  const [{ inputs, inputBits }] = architecture.layers;
  return {
    input: { count: inputs, bits: inputBits },
    layers: architecture.layers.map((layer, index) => denseOperator(layer, configuration[index])),
  };
}

/** A layer of counts as an operator of signed sums. */
export function denseOperator(
  { activation, inputs, outputs, inputBits, shift }: DenseLayer,
  { weights, thresholds, offsets }: LayerConfiguration,
): DenseOperator {
  const atZero = (neuron: number): number => (2 ** inputBits - 1) * (inputs - popcountRow(weights, neuron));
  const layer = { kind: 'dense', inputs, outputs, weights } as const;
  if (activation === 'threshold') {
    const lowered = Int32Array.from(thresholds, (threshold, neuron) => threshold - atZero(neuron));
    return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'threshold', thresholds: lowered } };
  }
  // The largest shift of a circuit is one more than that of a model: it comes from +1 and -1, whose sums are even.
  if (shift > MAX_INTEGER_SHIFT && inputBits === 1) {
    const raised = Int32Array.from(offsets, (offset) => offset + inputs * 2 ** (shift - 1));
    return { ...layer, inputEncoding: 'bipolar', activation: { kind: 'integer', shift: shift - 1, offsets: raised } };
  }
  const raised = Int32Array.from(offsets, (offset, neuron) => offset + atZero(neuron) * 2 ** shift);
  return { ...layer, inputEncoding: 'unsigned', activation: { kind: 'integer', shift, offsets: raised } };
}
