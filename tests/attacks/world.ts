/** Who attacks whom: the keys, the circuits that were signed over the years, and a device in the field. */
import { readPrivateKey, readPublicKey, signBitstream, signKeyTable } from '@adiabit/sdk/signature';
import { bitstreamDigest, manifestBytesOf, plainOf } from '@adiabit/simulator/bitstream';
import { STATUS, type StatusName } from '../../sdk/src/protocol/constants.js';
import type { Request } from '../../sdk/src/protocol/index.js';
import { generateKeys } from '../../sdk/src/signature/index.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit, type SampleCircuit } from '../support/sample-circuits.js';

export const PRODUCT = 'acme-doorbell';
const PAIRS = { ours: generateKeys(), spare: generateKeys(), next: generateKeys(), stranger: generateKeys() };
type Owner = keyof typeof PAIRS;
export const privateKey = (owner: Owner) => readPrivateKey(PAIRS[owner].privateKey);
export const publicKey = (owner: Owner) => readPublicKey(PAIRS[owner].publicKey);

/** The keys that the firmware is built with. */
export const BUILT_IN = [PAIRS.ours.publicKey, PAIRS.spare.publicKey];

const random = repeatableNumbers(21);
const circuit = (): SampleCircuit => sampleCircuit(random, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 2 });

/** A circuit with a manifest, apart, as they go to a device. */
export interface Signed {
  readonly circuit: SampleCircuit;
  readonly manifest: Uint8Array;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
}

export function parts(signed: Uint8Array, of: SampleCircuit): Signed {
  const bytes = plainOf(signed);
  return { circuit: of, manifest: manifestBytesOf(signed)!, bytes, digest: bitstreamDigest(bytes) };
}

interface By {
  readonly owner?: Owner;
  readonly product?: string;
  readonly board?: string;
  readonly minimumFirmware?: { readonly major: number; readonly minor: number };
}

export function signedBy(of: SampleCircuit, securityCounter: number, { owner = 'ours', ...more }: By = {}): Signed {
  return parts(signBitstream(of.bytes, privateKey(owner), { product: PRODUCT, securityCounter, ...more }), of);
}

/** All of one size, so that none is told from another by that. */
export const OLD = signedBy(circuit(), 1);
export const CURRENT = signedBy(circuit(), 2);
export const NEXT = signedBy(circuit(), 3);

/** A device, in the hands of the attacker as far as its line goes. */
export interface Victim {
  readonly board: string;
  /** Asks and gives the payload of the reply, status first. */
  ask(request: Request): Promise<Uint8Array>;
  restart(): Promise<void>;
  /** Sectors erased so far; undefined where nobody counts. */
  erases(): Promise<number | undefined>;
}

export const statusName = (status: number): StatusName =>
  (Object.keys(STATUS) as StatusName[]).find((name) => STATUS[name].value === status)!;

/** The name of the status that a request is answered with. */
export const answer = async (victim: Victim, request: Request): Promise<StatusName> =>
  statusName((await victim.ask(request))[0]);

export const authorize = (victim: Victim, { manifest }: Pick<Signed, 'manifest'>): Promise<StatusName> =>
  answer(victim, { type: 'authorize', manifest });

export const begin = (victim: Victim, slot: number, { bytes, digest }: Signed): Promise<StatusName> =>
  answer(victim, { type: 'begin', slot, totalBytes: bytes.length, digest });

const PIECE_BYTES = 192;

/** Writes all bytes; the status of the first piece that is refused, else ok. */
export async function write(victim: Victim, bytes: Uint8Array): Promise<StatusName> {
  for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
    const data = bytes.subarray(offset, offset + PIECE_BYTES);
    const status = await answer(victim, { type: 'write', offset, data });
    if (status !== 'ok') return status;
  }
  return 'ok';
}

export const step = (victim: Victim, type: 'verify' | 'activate' | 'confirm', slot: number): Promise<StatusName> =>
  answer(victim, { type, slot });

/** Stores a circuit as its owner does, up to verify; gives what was refused, and how. */
export async function store(victim: Victim, slot: number, signed: Signed): Promise<string> {
  const steps = [
    ['authorize', () => authorize(victim, signed)],
    ['begin', () => begin(victim, slot, signed)],
    ['write', () => write(victim, signed.bytes)],
    ['verify', () => step(victim, 'verify', slot)],
  ] as const;
  for (const [name, take] of steps) {
    const status = await take();
    if (status !== 'ok') return `${name}: ${status}`;
  }
  return 'ok';
}

/** The same to the end. */
export async function install(victim: Victim, slot: number, signed: Signed): Promise<string> {
  const stored = await store(victim, slot, signed);
  if (stored !== 'ok') return stored;
  for (const type of ['activate', 'confirm'] as const) {
    const status = await step(victim, type, slot);
    if (status !== 'ok') return `${type}: ${status}`;
  }
  return 'ok';
}

export const activeSlot = async (victim: Victim): Promise<number> => (await victim.ask({ type: 'hello' }))[8];

/** Whether this circuit answers. */
export async function runs(victim: Victim, { circuit: { inputs, outputs } }: Signed): Promise<boolean> {
  if ((await answer(victim, { type: 'input', offset: 0, data: inputs[0] })) !== 'ok') return false;
  const reply = Buffer.from(await victim.ask({ type: 'infer' }));
  return reply[0] === 0 && reply.subarray(9).equals(Buffer.from(outputs[0].buffer));
}

/** What `keys` carries. */
export const keyTable = (owners: readonly Owner[], tableVersion: number, signer: Owner = 'ours'): Uint8Array =>
  signKeyTable(owners.map(publicKey), privateKey(signer), { product: PRODUCT, tableVersion });

export const putKeys = (victim: Victim, signedTable: Uint8Array): Promise<StatusName> =>
  answer(victim, { type: 'keys', signedTable });

export const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = bytes.slice();
  copy[bit >>> 3] ^= 1 << (bit & 7);
  return copy;
};
