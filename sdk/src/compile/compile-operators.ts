import {
  bitstreamDigest,
  createOracle,
  encodeBitstream,
  planMemory,
  toHex,
  networkWorkBytes,
  type OperatorBitstream,
} from '@adiabit/simulator';
import type { BinarizedModel } from '../model/model.js';
import { validateModel } from '../model/validate.js';
import type { CompileOptions } from './compile.js';
import { descriptionOf } from './description.js';

/** A bitstream of operators, which boards run. */
export interface OperatorCompilation {
  readonly bitstream: OperatorBitstream;
  readonly bytes: Uint8Array;
  readonly report: OperatorReport;
}

export interface OperatorReport {
  readonly operators: number;
  readonly bitstreamBytes: number;
  /** SHA-256 of the bitstream file, hexadecimal. */
  readonly digest: string;
  /** RAM in bytes that a device needs to run it. */
  readonly workBytes: number;
}

/**
 * Compiles any model to a bitstream of operators: the model's own integers, and a place in memory for the values of every
 * layer. Signs stay: at the border of a padded picture a window has fewer inputs, so no constant of a channel turns its
 * signed sums into counts.
 * @throws ModelError for a model that contradicts itself, FormatError when it is more than a bitstream holds.
 */
export function compileOperators(
  model: BinarizedModel,
  { goldenInputs = [] }: Pick<CompileOptions, 'goldenInputs'> = {},
): OperatorCompilation {
  validateModel(model);
  const { input, layers } = model;
  const { count, bits, zeroPoints } = input;
  const network = { input: zeroPoints === undefined ? { count, bits } : { count, bits, zeroPoints }, layers };
  const memory = planMemory(network);
  const oracle = createOracle(model);
  const bitstream: OperatorBitstream = {
    ...{ network, memory },
    goldenVectors: goldenInputs.map((golden) => ({ input: golden, outputs: oracle(golden).outputs })),
    description: descriptionOf(model),
  };
  const bytes = encodeBitstream(bitstream);
  const report = {
    operators: layers.length,
    bitstreamBytes: bytes.length,
    digest: toHex(bitstreamDigest(bytes)),
    workBytes: networkWorkBytes(network, memory),
  };
  return { bitstream, bytes, report };
}
