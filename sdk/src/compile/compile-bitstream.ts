import { encodeBitstream } from '@adiabit/simulator';
import { isBinaryDense, type BinarizedModel } from '../model/model.js';
import { createOracle } from '../model/oracle.js';
import { validateModel } from '../model/validate.js';
import { descriptionOf } from './description.js';
import { compileOperators } from './compile-operators.js';
import { lower } from './lower.js';

/**
 * The bitstream of any model without a circuit: counts where it is dense and binary, operators where it is not.
 * @throws ModelError for a model that contradicts itself, FormatError when it is more than a bitstream holds.
 */
export function compileBitstream(
  model: BinarizedModel,
  goldenInputs: readonly Uint8Array[],
): { readonly bytes: Uint8Array } {
  if (!isBinaryDense(model)) return compileOperators(model, { goldenInputs });
  validateModel(model);
  const oracle = createOracle(model);
  const bytes = encodeBitstream({
    ...lower(model),
    goldenVectors: goldenInputs.map((input) => ({ input, outputs: oracle(input).outputs })),
    description: descriptionOf(model),
  });
  return { bytes };
}
