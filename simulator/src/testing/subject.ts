import { readFile } from 'node:fs/promises';
import { toHex } from '../bits/hex.js';
import { bitstreamDigest, decodeBitstream } from '../bitstream/decode.js';
import { DataError } from '../errors.js';
import { elaborate, type Circuit } from '../fabric/elaborate.js';

/** What a test can be about: a bitstream file by its path, the bytes of one, or a circuit. */
export type Subject = string | Uint8Array | Circuit;

export interface SubjectCircuit {
  /** How messages call it. */
  readonly name: string;
  readonly circuit: Circuit;
  /** SHA-256 of the bitstream, hexadecimal; a circuit that was not read from bytes has none. */
  readonly bitstreamDigest?: string;
}

/** @throws DataError `data.bad-value` for anything else; FormatError for bytes that are no bitstream */
export async function circuitOf(subject: unknown): Promise<SubjectCircuit> {
  if (typeof subject === 'string') return fromBytes(subject, new Uint8Array(await readFile(subject)));
  if (subject instanceof Uint8Array) return fromBytes('the bitstream', subject);
  if (isCircuit(subject)) return { name: subject.netlist.name, circuit: subject };
  throw new DataError('bad-value', 'Expected the path of a bitstream, its bytes, or a circuit.');
}

function fromBytes(name: string, bytes: Uint8Array): SubjectCircuit {
  const { architecture, configuration } = decodeBitstream(bytes);
  return {
    name,
    circuit: elaborate(name, architecture, configuration),
    bitstreamDigest: toHex(bitstreamDigest(bytes)),
  };
}

const isCircuit = (subject: unknown): subject is Circuit =>
  typeof subject === 'object' && subject !== null && 'netlist' in subject && 'timing' in subject;

/** "784-128-10". */
export const shapeOf = ({ architecture: { layers } }: Circuit): string =>
  [layers[0].inputs, ...layers.map(({ outputs }) => outputs)].join('-');
