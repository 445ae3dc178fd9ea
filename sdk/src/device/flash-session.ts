import type { KeyObject } from 'node:crypto';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, manifestBytesOf, plainOf } from '@adiabit/simulator/bitstream';
import type { DeviceDescription, SlotDescription } from '../protocol/replies.js';
import { verifySignature } from '../signature/index.js';
import { FlashError, throwIfCancelled, TransportError } from './errors.js';
import { flashFailure } from './flash-failure.js';
import { checkTakes, freeSlot } from './flash-plan.js';
import { FlashProgressMeter, type FlashPhase, type FlashProgress } from './flash-progress.js';
import type { DeviceSession } from './session.js';

export interface FlashOptions {
  readonly onProgress?: (progress: FlashProgress) => void;
  readonly signal?: AbortSignal;
  /** The slot for the circuit (the one that is free, empty, or confirmed longest ago). */
  readonly slot?: number;
  /** Flash only what this Ed25519 key has signed. The host checks it before it says a word, whatever the device checks. */
  readonly trustedKey?: KeyObject;
  /**
   * Is asked when the circuit has passed its self-test and answers, before it is confirmed: what it throws sends the circuit away again.
   */
  readonly beforeConfirm?: (session: DeviceSession) => Promise<void>;
}

export interface FlashResult {
  /** The device as it is now, with the new circuit active. */
  readonly device: DeviceDescription;
  readonly slot: number;
  /** Bytes that it stores: the bitstream without its manifest. */
  readonly bytes: number;
  /** SHA-256 of them, as the device read it back; hexadecimal. */
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
 * Puts a circuit on a device: hello, its manifest where the device checks one, erase, write, verify by read-back, self-test, confirm. Whatever fails, and when it
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
  const plain = plainOf(bitstream);
  const manifest = manifestBytesOf(bitstream);
  const digest = bitstreamDigest(plain);
  const before = session.statistics;
  const meter = new FlashProgressMeter(session.clock, plain.length, options.onProgress ?? (() => undefined));

  const during = async <T>(phase: FlashPhase, work: () => Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    meter.enter(phase);
    try {
      return await work();
    } catch (error) {
      throw flashFailure(error, phase, session.device.slotCount, { totalBytes: plain.length });
    }
  };

  const slot = await during('hello', async () => {
    const device = await session.hello(signal);
    checkTakes(device, bitstream, contents);
    const slots = await slotsWithoutTrial(session, signal);
    const free = freeSlot(session.device, slots, options.slot);
    if (device.trust && manifest) await session.authorize(manifest, signal);
    return free;
  });
  await during('erase', () => session.begin(slot, plain.length, digest, signal));
  await during('write', () => session.write(plain, (bytes) => meter.stored(bytes), signal));
  const stored = await during('verify', () => session.verify(slot, signal));
  checkDigest(stored.digest, digest, slot);
  const { test, confirmed } = await onTrial(session, async () => {
    const test = await during('self-test', () => selfTest(session, slot, signal));
    await options.beforeConfirm?.(session);
    return { test, confirmed: await during('confirm', () => confirm(session, slot, signal)) };
  });

  const phasesMs = meter.end();
  const after = session.statistics;
  return {
    device: session.device,
    slot,
    bytes: plain.length,
    digest: toHex(stored.digest),
    goldenVectors: test.goldenVectors,
    sequence: confirmed.sequence,
    phasesMs,
    totalMs: Object.values(phasesMs).reduce((total, ms) => total + ms, 0),
    bytesPerSecond: (1000 * plain.length) / Math.max(phasesMs.write, 0.001),
    wireBytes: after.bytesSent - before.bytesSent,
    resends: after.resends - before.resends,
  };
}

/** What `confirmStored` may be told. */
export type ConfirmOptions = Pick<FlashOptions, 'signal' | 'beforeConfirm'> & {
  /** Is told before each of the phases that are left: self-test and confirm. */
  readonly onPhase?: (phase: FlashPhase) => void;
};

/**
 * Has a device run a circuit that lies in one of its slots already, whole or left by a session that ended too early: self-test,
 * confirm. Whatever fails, the circuit that booted before still boots.
 * @throws as `flash` does
 */
export async function confirmStored(session: DeviceSession, slot: number, options: ConfirmOptions = {}): Promise<void> {
  const { signal, beforeConfirm, onPhase = () => undefined } = options;
  const during = async <T>(phase: FlashPhase, work: () => Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    onPhase(phase);
    try {
      return await work();
    } catch (error) {
      throw flashFailure(error, phase, session.device.slotCount, { slot });
    }
  };
  await onTrial(session, async () => {
    await during('self-test', () => selfTest(session, slot, signal));
    await beforeConfirm?.(session);
    await during('confirm', () => confirm(session, slot, signal));
  });
}

/** Returns the slots of a device; a circuit on trial from an earlier session is sent away first. */
async function slotsWithoutTrial(session: DeviceSession, signal?: AbortSignal): Promise<readonly SlotDescription[]> {
  const slots = await session.slots(signal);
  const { activeSlot } = session.device;
  if (activeSlot === undefined || slots.at(activeSlot)?.state === 'confirmed') return slots;
  await session.restart(signal);
  return session.slots(signal);
}

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
