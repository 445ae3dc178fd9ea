import type { KeyObject } from 'node:crypto';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, layout, decodeBitstream, signatureOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { isBinaryDense } from '@adiabit/simulator/network';
import { ProtocolError } from '../protocol/errors.js';
import type { DeviceDescription, SlotDescription } from '../protocol/replies.js';
import { verifySignature } from '../signature/index.js';
import { checkCapacity } from './capacity.js';
import { FlashError, throwIfCancelled, TransportError } from './errors.js';
import { flashFailure } from './flash-failure.js';
import { FlashProgressMeter, type FlashPhase, type FlashProgress } from './flash-progress.js';
import type { DeviceSession } from './session.js';

export interface FlashOptions {
  readonly onProgress?: (progress: FlashProgress) => void;
  readonly signal?: AbortSignal;
  /** The slot for the circuit (the one that is free, empty, or confirmed longest ago). */
  readonly slot?: number;
  /** Flash only what this Ed25519 key has signed. The host checks it before it says a word; no firmware does yet. */
  readonly trustedKey?: KeyObject;
}

export interface FlashResult {
  /** The device as it is now, with the new circuit active. */
  readonly device: DeviceDescription;
  readonly slot: number;
  readonly bytes: number;
  /** SHA-256 of the bitstream, as the device read it back; hexadecimal. */
  readonly digest: string;
  readonly goldenVectors: number;
  /** Number of the confirmation: the highest one boots. */
  readonly sequence: number;
  readonly phasesMs: Readonly<Record<FlashPhase, number>>;
  readonly totalMs: number;
  /** Rate of the write phase. */
  readonly bytesPerSecond: number;
  /** Bytes sent over the line, with framing and resends. */
  readonly wireBytes: number;
  readonly resends: number;
}

/**
 * Puts a circuit on a device: hello, erase, write, verify by read-back, self-test, confirm. Whatever fails, and when it
 * is cancelled, the circuit that booted before still boots; one that is on trial is sent away by a restart. A device
 * with one slot has nowhere to keep the old circuit: from the erase until it is confirmed it boots none, and answers.
 * @throws FormatError when `bitstream` is none; SignatureError when it is not signed as asked for; FlashError when the
 * device cannot take or keep it; ProtocolError, TransportError, CancelledError as DeviceSession does.
 */
export async function flash(
  session: DeviceSession,
  bitstream: Uint8Array,
  options: FlashOptions = {},
): Promise<FlashResult> {
  const { signal, trustedKey } = options;
  throwIfCancelled(signal);
  const contents = decodeBitstream(bitstream);
  if (trustedKey) verifySignature(bitstream, trustedKey);
  const digest = bitstreamDigest(bitstream);
  const before = session.statistics;
  const meter = new FlashProgressMeter(session.clock, bitstream.length, options.onProgress ?? (() => undefined));

  const during = async <T>(phase: FlashPhase, work: () => Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    meter.enter(phase);
    try {
      return await work();
    } catch (error) {
      throw flashFailure(error, phase, session.device.slotCount, { totalBytes: bitstream.length });
    }
  };

  const slot = await during('hello', async () => {
    const device = await session.hello(signal);
    checkFormat(device, bitstream);
    checkLayers(device, contents);
    checkCapacity(device, contents, bitstream.length);
    checkSigned(device, bitstream);
    return await chooseSlot(session, options.slot, signal);
  });
  await during('erase', () => session.begin(slot, bitstream.length, digest, signal));
  await during('write', () => session.write(bitstream, (bytes) => meter.stored(bytes), signal));
  const stored = await during('verify', () => session.verify(slot, signal));
  checkDigest(stored.digest, digest, slot);
  const { test, confirmed } = await onTrial(session, async () => ({
    test: await during('self-test', () => selfTest(session, slot, signal)),
    confirmed: await during('confirm', () => confirm(session, slot, signal)),
  }));

  const phasesMs = meter.end();
  const after = session.statistics;
  return {
    device: session.device,
    slot,
    bytes: bitstream.length,
    digest: toHex(stored.digest),
    goldenVectors: test.goldenVectors,
    sequence: confirmed.sequence,
    phasesMs,
    totalMs: Object.values(phasesMs).reduce((total, ms) => total + ms, 0),
    bytesPerSecond: (1000 * bitstream.length) / Math.max(phasesMs.write, 0.001),
    wireBytes: after.bytesSent - before.bytesSent,
    resends: after.resends - before.resends,
  };
}

/** Refuses layers that the board does not run: a small board runs counting layers in a row and nothing else. */
function checkLayers({ boardId, layerKinds }: DeviceDescription, { network }: Bitstream): void {
  if (layerKinds === 'every' || isBinaryDense(network)) return;
  throw new ProtocolError(
    'version-mismatch',
    `The firmware of ${boardId} runs dense binary layers in a row and nothing else; this bitstream has other layers, such as ` +
      'convolutions. Nothing was written. Choose a larger board.',
    { device: layerKinds },
  );
}

/** Refuses a bitstream of another major version than the one that the firmware reads. */
function checkFormat(device: DeviceDescription, bitstream: Uint8Array): void {
  const version = bitstream[layout.HEADER.versionMajor];
  if (version === device.formatMajor) return;
  throw new ProtocolError(
    'version-mismatch',
    `The bitstream has format version ${version}, the firmware of ${device.boardId} reads version ` +
      `${device.formatMajor}. ${version > device.formatMajor ? 'Update the firmware of the board.' : 'Compile the model again with a newer Adiabit.'}`,
    { bitstream: version, device: device.formatMajor },
  );
}

/**
 * Chooses a slot that neither answers now nor would boot, or the only one. A circuit on trial from an earlier session
 * is sent away first.
 */
async function chooseSlot(session: DeviceSession, wanted: number | undefined, signal?: AbortSignal): Promise<number> {
  let slots = await session.slots(signal);
  const { activeSlot } = session.device;
  if (activeSlot !== undefined && slots.at(activeSlot)?.state !== 'confirmed') {
    await session.restart(signal);
    slots = await session.slots(signal);
  }
  const active = session.device.activeSlot;
  const free = slots.filter((slot) => slots.length === 1 || slot.slot !== active).sort(leastValuableFirst);
  const chosen = wanted === undefined ? free.at(0) : free.find((slot) => slot.slot === wanted);
  if (chosen) return chosen.slot;
  throw new FlashError(
    'slot-unavailable',
    wanted === undefined
      ? `${session.device.boardId} has no slot beside the one that runs. Nothing was written.`
      : `Slot ${wanted} ${wanted === active ? 'runs the present circuit' : 'does not exist'}. Nothing was written; ` +
          `choose ${free.map((slot) => slot.slot).join(' or ') || 'another board'}.`,
    { slot: wanted, slotCount: slots.length, activeSlot: active },
  );
}

/** Sorts slots by what overwriting them costs: empty ones, then unconfirmed ones, then those confirmed longest ago. */
const leastValuableFirst = (a: SlotDescription, b: SlotDescription): number =>
  worth(a) - worth(b) || a.sequence - b.sequence;
const worth = (slot: SlotDescription): number => (slot.state === 'empty' ? 0 : slot.state === 'confirmed' ? 2 : 1);

function checkDigest(actual: Uint8Array, expected: Uint8Array, slot: number): void {
  const position = expected.findIndex((byte, index) => byte !== actual[index]);
  if (position < 0) return;
  throw new FlashError(
    'verify-failed',
    `The device stored something else in slot ${slot} than was sent (digest ${toHex(actual)}). It was not ` +
      'confirmed and does not boot. Flash again.',
    { slot, actual: toHex(actual), expected: toHex(expected) },
  );
}

async function selfTest(session: DeviceSession, slot: number, signal?: AbortSignal) {
  const result = await session.activate(slot, signal);
  if (result.mismatches === 0) return result;
  throw new FlashError(
    'self-test-failed',
    `${result.mismatches} of ${result.goldenVectors} golden vectors give other outputs on the device. Do not use it; ` +
      'compile the model again, and report it with the .abit file if it stays.',
    { slot, goldenVectors: result.goldenVectors, mismatches: result.mismatches },
  );
}

/**
 * Refuses an unsigned bitstream if the device wants a signature. Only the device knows the key, and refuses any other
 * (`badSignature`).
 */
function checkSigned({ checksSignatures, boardId }: DeviceDescription, bitstream: Uint8Array): void {
  if (!checksSignatures || signatureOf(bitstream)) return;
  throw new FlashError(
    'not-signed',
    `The bitstream is not signed, and ${boardId} runs only what the key in its firmware has signed. Nothing was written. ` +
      'Sign it with "adiabit sign".',
    { board: boardId },
  );
}

/** Confirms only what still runs: a device that restarted after its self-test runs the old circuit. */
async function confirm(session: DeviceSession, slot: number, signal?: AbortSignal) {
  const { activeSlot } = await session.hello(signal);
  // From here on a cancellation comes too late: whether the device has confirmed must not be left open.
  if (activeSlot === slot) return await session.confirm(slot);
  throw new FlashError(
    'reverted',
    `The device restarted after its self-test and runs ${activeSlot === undefined ? 'no circuit' : `slot ${activeSlot}`} ` +
      'again. Check its power supply and flash again.',
    { slot, activeSlot },
  );
}

/** Runs `work`; when it fails with a circuit on trial and the line still works, brings the confirmed circuit back. */
async function onTrial<T>(session: DeviceSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const stillRunsTheOld = error instanceof FlashError && error.kind === 'self-test-failed';
    const lineIsDead = error instanceof TransportError;
    if (!stillRunsTheOld && !lineIsDead) await session.restart().catch(() => undefined);
    throw error;
  }
}
