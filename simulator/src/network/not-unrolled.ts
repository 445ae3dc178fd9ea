import { CompileError } from '../errors.js';
import type { Network } from './network.js';

/**
 * Makes the error for a network that has no unrolled circuit.
 * @param layer that keeps it from having one; undefined if it is the input
 */
export function notUnrolled(network: Network, layer: number | undefined): CompileError {
  const what =
    layer === undefined
      ? 'An input that is prepared or has zero points'
      : `Layer ${layer} (${network.layers[layer].kind})`;
  const message =
    `${what} has no unrolled circuit: that form has dense layers with binary weights, learnt logic, and binary values ` +
    'between them. The folded form has one for every layer but logic, and boards run it as it is.';
  const where = layer === undefined ? {} : { layer, kind: network.layers[layer].kind };
  return new CompileError('unsupported', message, { ...where, options: ['form=folded'] });
}
