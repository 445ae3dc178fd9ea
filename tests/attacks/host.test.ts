/** The attacks on the real firmware under the sanitizers, built with keys and without. */
import { crc32 } from '@adiabit/simulator/bits';
import { layout } from '@adiabit/simulator/bitstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeviceRig } from '../support/device-rig.js';
import { temporaryFolder } from '../support/host-device.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { buildSignedHost, writeTrustedKeys } from '../support/trusted-keys.js';
import { ATTACKS, ATTACKS_ON_UPDATES, FLIPS, takesAnyCircuit } from './attacks.js';
import { GEOMETRY, rigVictim } from './rig-victim.js';
import {
  activeSlot,
  answer,
  authorize,
  begin,
  BUILT_IN,
  CURRENT,
  flipped,
  install,
  keyTable,
  NEXT,
  OLD,
  PRODUCT,
  putKeys,
  runs,
  signedBy,
  step,
  store,
  write,
  type Victim,
} from './world.js';

/** From the CRC of a slot's record to its first confirmation: behind it are the count of erases and the end of the last one. */
const CONFIRMATION = 16;

/** Returns the CRC of the first confirmation of the record whose own CRC is at `crcAt`. */
const confirmationCrc = (flash: Uint8Array, crcAt: number): number => {
  const sequenceAt = crcAt + CONFIRMATION;
  return crc32(flash.subarray(sequenceAt, sequenceAt + 4), crc32(flash.subarray(crcAt, crcAt + 4)));
};

const missing = missingTools(...HOST_TOOLS, 'cargo');

describe.skipIf(missing.length > 0)(titled('a device that trusts two keys', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let rig: DeviceRig;
  let victim: Victim;
  /** CURRENT in slot 0, confirmed. */
  let flash: Uint8Array;
  beforeAll(async () => {
    folder = await temporaryFolder();
    rig = new DeviceRig(buildSignedHost(folder.path, writeTrustedKeys(folder.path, PRODUCT, BUILT_IN)));
    victim = rigVictim(rig);
    await rig.powerOn(GEOMETRY);
    expect(await install(victim, 0, CURRENT)).toBe('ok');
    flash = await rig.readFlash();
  }, 240_000);
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
    await folder.dispose();
  });
  beforeEach(() => rig.powerOn(GEOMETRY, flash));

  it.each(Object.entries(ATTACKS))('is unharmed by %s, and takes the next circuit of its owner', async (_, attack) => {
    await attack(victim);
    await rig.restart();
    expect(await runs(victim, CURRENT)).toBe(true);
    expect(await install(victim, 1, NEXT)).toBe('ok');
    expect(await runs(victim, NEXT)).toBe(true);
  });

  it.each(Object.entries(ATTACKS_ON_UPDATES))('is not brought back by %s', (_, attack) => attack(victim));

  it.each(Object.entries(FLIPS))('is unharmed by %s, whichever bit it is', async (_, attack) => {
    await attack(1)(victim);
    expect(await runs(victim, CURRENT)).toBe(true);
  });

  it('does not boot what was confirmed before the counter rose, even where nothing else is left', async () => {
    expect(await install(victim, 1, NEXT)).toBe('ok');
    // The newer circuit decays.
    await rig.decay(GEOMETRY.regionBytes + 40, 1);
    await rig.restart();
    expect(await activeSlot(victim)).toBe(0xff);
    expect(await install(victim, 0, OLD)).toBe('authorize: counterTooLow');
    expect(await install(victim, 0, NEXT)).toBe('ok');
  });

  it('boots the circuit before while the counter is the same', async () => {
    expect(await install(victim, 1, signedBy(NEXT.circuit, 2))).toBe('ok');
    await rig.decay(GEOMETRY.regionBytes + 40, 1);
    await rig.restart();
    expect(await runs(victim, CURRENT)).toBe(true);
  });

  it('does not raise its counter for what is only on trial', async () => {
    expect(await store(victim, 1, NEXT)).toBe('ok');
    expect(await step(victim, 'activate', 1)).toBe('ok');
    await rig.restart();
    expect(await runs(victim, CURRENT)).toBe(true);
    expect(await install(victim, 1, signedBy(OLD.circuit, 2))).toBe('ok');
  });

  it('takes the same manifest twice, and every message of an update twice', async () => {
    for (const take of [
      () => authorize(victim, NEXT),
      () => authorize(victim, NEXT),
      () => begin(victim, 1, NEXT),
      () => begin(victim, 1, NEXT),
      () => authorize(victim, NEXT),
      () => write(victim, NEXT.bytes),
      () => write(victim, NEXT.bytes),
      ...(['verify', 'activate', 'confirm'] as const).flatMap((type) => [
        () => step(victim, type, 1),
        () => step(victim, type, 1),
      ]),
    ])
      expect(await take()).toBe('ok');
    expect(await runs(victim, NEXT)).toBe(true);
  });

  it('keeps its keys and its counter through many tables and counters', async () => {
    for (let turn = 1; turn <= 200; turn++) {
      const slot = turn % 2;
      expect(await install(victim, slot, signedBy(NEXT.circuit, 2 + turn)), `turn ${turn}`).toBe('ok');
      if (turn % 50 !== 0) continue;
      expect(await putKeys(victim, keyTable(['ours', 'next'], turn))).toBe('ok');
      await rig.restart();
      expect(await authorize(victim, signedBy(OLD.circuit, 1 + turn))).toBe('counterTooLow');
      expect(await authorize(victim, signedBy(OLD.circuit, 2 + turn, { owner: 'next' }))).toBe('ok');
    }
  }, 120_000);

  it('boots no record whose manifest has been changed in flash, with a checksum to match', async () => {
    const record = GEOMETRY.regionBytes - GEOMETRY.sectorBytes;
    const crcAt = record + 4 + layout.MANIFEST.size;
    for (let bit = 0; bit < 8 * layout.MANIFEST.size; bit++) {
      const patched = flipped(flash, 8 * (record + 4) + bit);
      const view = new DataView(patched.buffer, patched.byteOffset, patched.byteLength);
      view.setUint32(crcAt, crc32(patched.subarray(record, crcAt)), true);
      view.setUint32(crcAt + CONFIRMATION + 4, confirmationCrc(patched, crcAt), true);
      await rig.powerOn(GEOMETRY, patched);
      expect(await activeSlot(victim), `bit ${bit}`).toBe(0xff);
    }
  }, 120_000);

  it('boots what is stored, as the test before has it, when nothing is changed', async () => {
    const crcAt = GEOMETRY.regionBytes - GEOMETRY.sectorBytes + 4 + layout.MANIFEST.size;
    const view = new DataView(flash.buffer, flash.byteOffset, flash.byteLength);
    expect(view.getUint32(crcAt + CONFIRMATION + 4, true)).toBe(confirmationCrc(flash, crcAt));
    expect(await activeSlot(victim)).toBe(0);
  });

  it('does not boot what firmware without keys has stored and confirmed', async () => {
    const before = new DeviceRig();
    await before.powerOn(GEOMETRY);
    const plain = rigVictim(before);
    for (const take of [
      () => begin(plain, 0, NEXT),
      () => write(plain, NEXT.bytes),
      ...(['verify', 'activate', 'confirm'] as const).map((type) => () => step(plain, type, 0)),
    ])
      expect(await take()).toBe('ok');
    const stored = await before.readFlash();
    expect(await before.close()).toBe(0);
    const erased = new Uint8Array(flash.length).fill(0xff);
    erased.set(stored);
    await rig.powerOn(GEOMETRY, erased);
    expect(await activeSlot(victim)).toBe(0xff);
    expect(await step(victim, 'activate', 0)).toBe('slotUnavailable');
  });
});

const hostMissing = missingTools(...HOST_TOOLS);
describe.skipIf(hostMissing.length > 0)(titled('a device without keys', hostMissing), () => {
  let rig: DeviceRig;
  let victim: Victim;
  beforeAll(async () => {
    rig = new DeviceRig();
    victim = rigVictim(rig);
    await rig.powerOn(GEOMETRY);
  });
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
  });

  it('knows nothing of manifests and keys, says so, and takes any circuit, older ones too', () =>
    takesAnyCircuit(victim));

  it('ends its sequence numbers before one of them would mean that nothing is confirmed', async () => {
    await rig.powerOn(GEOMETRY);
    const take = async (slot: number, signed: typeof NEXT): Promise<string> => {
      expect(await begin(victim, slot, signed)).toBe('ok');
      expect(await write(victim, signed.bytes)).toBe('ok');
      expect(await step(victim, 'verify', slot)).toBe('ok');
      expect(await step(victim, 'activate', slot)).toBe('ok');
      return await step(victim, 'confirm', slot);
    };
    expect(await take(0, CURRENT)).toBe('ok');
    const flash = await rig.readFlash();
    const crcAt = GEOMETRY.regionBytes - GEOMETRY.sectorBytes + 40;
    const patch = (sequence: number): Uint8Array => {
      const patched = flash.slice();
      const view = new DataView(patched.buffer, patched.byteOffset, patched.byteLength);
      view.setUint32(crcAt + CONFIRMATION, sequence, true);
      view.setUint32(crcAt + CONFIRMATION + 4, confirmationCrc(patched, crcAt), true);
      return patched;
    };
    await rig.powerOn(GEOMETRY, patch(0xffff_fffd));
    expect(await take(1, NEXT)).toBe('ok');
    await rig.restart();
    expect(await runs(victim, NEXT)).toBe(true);
    expect(await take(0, OLD)).toBe('writeFailed');
    await rig.restart();
    expect(await runs(victim, NEXT)).toBe(true);
    expect(await answer(victim, { type: 'slots' })).toBe('ok');
  });
});
