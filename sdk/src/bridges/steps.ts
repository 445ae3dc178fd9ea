import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest, decodeBitstream, manifestBytesOf, plainOf } from '@adiabit/simulator/bitstream';
import { checkTakes, FlashError, freeSlot, type DeviceSession, type SlotDescription } from '../device/index.js';

/**
 * The steps of an update, each by itself: what `flash` does in one go. Each may be asked for again after it was done, or cut, and
 * ends in the same place.
 */

/** Returns the digest of the plain bitstream in `.abit` bytes, as devices name it. */
export const digestOf = (bytes: Uint8Array): string => toHex(bitstreamDigest(plainOf(bytes)));

/** Finds the slot that holds a circuit. */
const slotWith = (slots: readonly SlotDescription[], digest: string): SlotDescription | undefined =>
  slots.find((slot) => slot.state !== 'empty' && toHex(slot.digest) === digest);

/** Returns the digest of the circuit that a device runs; undefined if it runs none. */
export async function running(session: DeviceSession): Promise<string | undefined> {
  const { activeSlot } = await session.hello();
  const slots = await session.slots();
  return activeSlot === undefined ? undefined : toHex(slots[activeSlot].digest);
}

/** Returns the digest of the circuit that a reset would start; undefined if there is none. */
export async function booting(session: DeviceSession): Promise<string | undefined> {
  const confirmed = (await session.slots()).filter(({ state }) => state === 'confirmed');
  const newest = confirmed.sort((a, b) => b.sequence - a.sequence).at(0);
  return newest && toHex(newest.digest);
}

/** Has a device run what a reset starts: a circuit on trial is sent away. */
async function endTrial(session: DeviceSession): Promise<void> {
  if ((await running(session)) !== (await booting(session))) await session.restart();
}

/**
 * Stores a circuit in the slot that is free, and has the device read it back. What runs goes on.
 * @throws as `flash` does
 */
export async function install(session: DeviceSession, bytes: Uint8Array): Promise<void> {
  const device = await session.hello();
  checkTakes(device, bytes, decodeBitstream(bytes));
  const digest = digestOf(bytes);
  const there = slotWith(await session.slots(), digest);
  if (there !== undefined) {
    await session.verify(there.slot);
    return;
  }
  await endTrial(session);
  const plain = plainOf(bytes);
  const manifest = manifestBytesOf(bytes);
  const slot = freeSlot(session.device, await session.slots());
  if (session.device.trust && manifest) await session.authorize(manifest);
  await session.begin(slot, plain.length, bitstreamDigest(plain));
  await session.write(plain);
  const stored = await session.verify(slot);
  if (toHex(stored.digest) === digest) return;
  const message = `The device stored something else in slot ${slot} than was sent. It does not run. Install the update again.`;
  throw new FlashError('verify-failed', message, { slot, actual: toHex(stored.digest), expected: digest });
}

/** Has a stored circuit run, if it passes its self-test. Until it is confirmed a reset brings the old one back. */
export async function activate(session: DeviceSession, digest: string): Promise<void> {
  if ((await running(session)) === digest) return;
  const { slot } = stored(await session.slots(), digest);
  const { mismatches, goldenVectors } = await session.activate(slot);
  if (mismatches === 0) return;
  const message = `${mismatches} of ${goldenVectors} golden vectors give other outputs on the device. The circuit before it still runs.`;
  throw new FlashError('self-test-failed', message, { slot, goldenVectors, mismatches });
}

/** Checks that a circuit runs. @throws FlashError `flash.reverted` if another one or none does */
export async function checkRuns(session: DeviceSession, digest: string): Promise<void> {
  const now = await running(session);
  if (now === digest) return;
  const message = `The device runs ${now === undefined ? 'no circuit' : `circuit ${now}`}, not ${digest}. It restarted, or was flashed by someone else.`;
  throw new FlashError('reverted', message, { expected: digest, ...(now === undefined ? {} : { actual: now }) });
}

/** Keeps a circuit that runs. */
export async function confirm(session: DeviceSession, digest: string): Promise<void> {
  await checkRuns(session, digest);
  await session.confirm(stored(await session.slots(), digest).slot);
}

/** Brings back the circuit that booted before an update, whether or not the update was confirmed. */
export async function rollBack(session: DeviceSession, before: string | undefined): Promise<void> {
  await endTrial(session);
  if (before === undefined || (await booting(session)) === before) return;
  await activate(session, before);
  await confirm(session, before);
}

function stored(slots: readonly SlotDescription[], digest: string): SlotDescription {
  const slot = slotWith(slots, digest);
  if (slot !== undefined) return slot;
  const message = `The device does not hold circuit ${digest} any more: it was flashed by someone else. Install the update again.`;
  throw new FlashError('slot-unavailable', message, { digest });
}
