/** Where a bitstream comes from: what it says of itself, and what the files beside it say that belong to it. */
import { basename, dirname, join } from 'node:path';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, type Manifest, type TrainedOn } from '@adiabit/simulator/bitstream';
import { exists, readBytes, readText } from '../files.js';
import { manifestOf, namesFile } from '../signature/sign.js';

export interface Provenance {
  readonly bitstream: {
    readonly file: string;
    readonly bytes: number;
    /** SHA-256 of the file, hexadecimal. */
    readonly digest: string;
    /** Version of the format. */
    readonly format: string;
  };
  readonly network: {
    readonly name: string;
    readonly layers: number;
    readonly inputs: number;
    readonly inputBits: number;
    readonly goldenVectors: number;
    /** Digest of the model that it was compiled from, and by what. */
    readonly modelDigest: string;
    readonly compiler: string;
    /** If absent, nobody wrote down what it was trained on. */
    readonly trainedOn?: TrainedOn;
  };
  /** If absent, nobody signed it. What its manifest claims: only who holds it to a key knows that it is true. */
  readonly signature?: ClaimedSignature;
  /** The model beside it, if there is one with the digest. */
  readonly model?: { readonly file: string };
  /** What `adiabit.lock.json` beside it says, if it is about this very file. */
  readonly build?: Build & { readonly file: string };
  /** Files beside it that look like its papers and are about another bitstream, each with why. */
  readonly strangers: readonly string[];
}

/** What the manifest of a bitstream says. */
export interface ClaimedSignature extends Pick<Manifest, 'product' | 'board' | 'securityCounter' | 'minimumFirmware'> {
  /** Fingerprint of the key that it names. */
  readonly key: string;
  /** Whether it is the manifest of this file. */
  readonly namesFile: boolean;
}

/** What a build wrote down. Every field is absent where it did not. */
export interface Build {
  readonly adiabit?: string | undefined;
  readonly seed?: number | undefined;
  readonly backend?: string | undefined;
  readonly dataDigest?: string | undefined;
  readonly configDigest?: string | undefined;
  readonly accuracy?: Readonly<Record<string, number>> | undefined;
}

const LOCK_NAME = 'adiabit.lock.json';

/**
 * Reads a bitstream and its papers.
 * @throws DataError `data.not-found`, FormatError for bytes that are not whole; ModelError for a model beside it that is damaged
 */
export async function provenanceOf(file: string): Promise<Provenance> {
  const bytes = await readBytes(file);
  const { network, goldenVectors, description } = decodeBitstream(bytes);
  const { name, modelDigest, compiler, trainedOn } = description;
  const digest = toHex(bitstreamDigest(bytes));
  const signature = signatureIn(bytes);
  const model = await modelBeside(file, modelDigest);
  const lock = await lockBeside(file, digest);
  return {
    bitstream: { file, bytes: bytes.length, digest, format: `${bytes[4]}.${bytes[5]}` },
    network: {
      name,
      layers: network.layers.length,
      inputs: network.input.count,
      inputBits: network.input.bits,
      goldenVectors: goldenVectors.length,
      modelDigest,
      compiler,
      ...(trainedOn === undefined ? {} : { trainedOn }),
    },
    ...(signature === undefined ? {} : { signature }),
    ...(typeof model === 'object' ? { model } : {}),
    ...(typeof lock === 'object' ? { build: lock } : {}),
    strangers: [model, lock].filter((paper) => typeof paper === 'string'),
  };
}

function signatureIn(bytes: Uint8Array): Provenance['signature'] {
  const manifest = manifestOf(bytes);
  if (manifest === undefined) return undefined;
  const { keyId: key, product, board, securityCounter, minimumFirmware } = manifest;
  return {
    key,
    product,
    ...(board === undefined ? {} : { board }),
    securityCounter,
    minimumFirmware,
    namesFile: namesFile(manifest, bytes),
  };
}

/** Returns the model beside a bitstream, or why the one that is called like it is another's. */
async function modelBeside(bitstream: string, digest: string): Promise<{ readonly file: string } | string | undefined> {
  const file = bitstream.replace(/\.abit$/, '') + '.model.json';
  if (!(await exists(file))) return undefined;
  const { loadModel, modelDigest } = await import('../model/model-file.js');
  return modelDigest(await loadModel(file)) === digest
    ? { file }
    : `${file} is another model than it was compiled from`;
}

/** Returns what the lock beside a bitstream says, or why it says nothing of this file. */
async function lockBeside(bitstream: string, digest: string): Promise<Provenance['build'] | string | undefined> {
  const file = join(dirname(bitstream), LOCK_NAME);
  if (!(await exists(file))) return undefined;
  const lock = asRecord(parsed(await readText(file)));
  const listed = asRecord(lock['files'])[basename(bitstream)];
  if (listed !== digest)
    return `${file} ${listed === undefined ? 'does not list it' : 'lists other bytes of that name'}`;
  const [sources, digests, training] = ['sources', 'digests', 'training'].map((key) => asRecord(lock[key]));
  return {
    file,
    adiabit: text(training['adiabit']),
    seed: number(sources['seed']),
    backend: text(training['backend']),
    dataDigest: text(digests['data']),
    configDigest: text(digests['config']),
    accuracy: numbersOf(training['accuracy']),
  };
}

// The lock belongs to the project's build: of another version of it, what is understood is told.
const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function numbersOf(value: unknown): Readonly<Record<string, number>> | undefined {
  const entries = Object.entries(asRecord(value)).filter(
    (entry): entry is [string, number] => number(entry[1]) !== undefined,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
