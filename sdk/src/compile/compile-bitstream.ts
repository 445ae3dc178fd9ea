import { toHex } from '@adiabit/simulator/bits';
import {
  bitstreamDigest,
  bitstreamOf,
  decodeBitstream,
  encodeBitstream,
  type Bitstream,
  type GoldenVector,
} from '@adiabit/simulator/bitstream';
import { finish, type Steps } from '@adiabit/simulator/circuit';
import { createOracle, workBytesOf } from '@adiabit/simulator/network';
import { validateModel, type BinarizedModel } from '../model/model.js';
import { descriptionOf } from './description.js';

export interface BitstreamOptions {
  /** Inputs whose outputs travel in the bitstream: a device tests itself with them before it is trusted. If absent, none. */
  readonly goldenInputs?: readonly Uint8Array[];
}

export interface BitstreamReport {
  readonly layers: number;
  readonly bitstreamBytes: number;
  /** SHA-256 of the bitstream file, hexadecimal. */
  readonly digest: string;
  /** RAM in bytes that a device needs to run it. */
  readonly workBytes: number;
}

export interface BitstreamCompilation {
  /** What the bytes say. */
  readonly bitstream: Bitstream;
  readonly bytes: Uint8Array;
  readonly report: BitstreamReport;
}

/**
 * Compiles a model to the bitstream that boards run and that circuits are built from: the model's own integers, a place in memory
 * for the values of every layer, and golden vectors.
 * @throws ModelError for a model that contradicts itself, FormatError when it is more than a bitstream holds.
 */
export const compileBitstream = (model: BinarizedModel, options?: BitstreamOptions): BitstreamCompilation =>
  finish(bitstreamInSteps(model, options));

/** Does what `compileBitstream` does, a golden vector after the other. */
export function* bitstreamInSteps(
  model: BinarizedModel,
  { goldenInputs = [] }: BitstreamOptions = {},
): Steps<BitstreamCompilation> {
  validateModel(model);
  const { input, layers } = model;
  const oracle = createOracle(model);
  const goldenVectors: GoldenVector[] = [];
  for (const golden of goldenInputs) {
    yield goldenVectors.length / goldenInputs.length;
    goldenVectors.push({ input: golden, outputs: oracle(golden).outputs });
  }
  const bytes = encodeBitstream(bitstreamOf({ input, layers }, descriptionOf(model), goldenVectors));
  const bitstream = decodeBitstream(bytes);
  const report = {
    layers: layers.length,
    bitstreamBytes: bytes.length,
    digest: toHex(bitstreamDigest(bytes)),
    workBytes: workBytesOf(bitstream.network, bitstream.memory),
  };
  return { bitstream, bytes, report };
}
