/** The power fails in every flash operation of a rotation of keys, and of everything that raises the counter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceRig, TEARS, type FlashGeometry, type Tear } from '../support/device-rig.js';
import { temporaryFolder } from '../support/host-device.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { buildSignedHost, writeTrustedKeys } from '../support/trusted-keys.js';
import { PowerFailed, rigVictim } from './rig-victim.js';
import {
  authorize,
  BUILT_IN,
  CURRENT,
  install,
  keyTable,
  NEXT,
  PRODUCT,
  putKeys,
  runs,
  signedBy,
  step,
  store,
  type Victim,
} from './world.js';

/** firmware-templates/core/adiabit_trust.h */
const SNAPSHOT_BYTES = 152;
const SMALLEST: FlashGeometry = { slots: 2, sectorBytes: 256, pageBytes: 64, regionBytes: 3072 };
const GEOMETRIES: Readonly<Record<string, FlashGeometry>> = {
  'the Pico, 256-byte pages': { slots: 2, sectorBytes: 4096, pageBytes: 256, regionBytes: 8192 },
  'the STM32F405, programmed word by word': { slots: 2, sectorBytes: 8192, pageBytes: 4, regionBytes: 16_384 },
  'the smallest that there may be, 256 bytes a sector': SMALLEST,
};

const missing = missingTools(...HOST_TOOLS, 'cargo');
describe.skipIf(missing.length > 0)(titled('a device that trusts keys and loses its power', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let rig: DeviceRig;
  let victim: Victim;
  beforeAll(async () => {
    folder = await temporaryFolder();
    rig = new DeviceRig(buildSignedHost(folder.path, writeTrustedKeys(folder.path, PRODUCT, BUILT_IN)));
    victim = rigVictim(rig);
  }, 240_000);
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
    await folder.dispose();
  });

  /** Cuts the power in every operation of `work` on a device with `flash`, and looks at it each time the power is back. */
  async function cutEverywhere(
    geometry: FlashGeometry,
    flash: Uint8Array,
    tear: Tear,
    work: () => Promise<unknown>,
    look: () => Promise<void>,
  ): Promise<void> {
    await rig.powerOn(geometry, flash);
    const before = await rig.operations();
    await work();
    const operations = (await rig.operations()) - before;
    expect(operations).toBeGreaterThan(0);
    for (let afterOperations = 0; afterOperations < operations; afterOperations++) {
      await rig.powerOn(geometry, flash, { afterOperations, tear });
      await expect(work()).rejects.toBeInstanceOf(PowerFailed);
      await rig.restart();
      await look();
    }
  }

  /** Whose circuits it takes, of those who were and are to be trusted beside us. */
  async function trusted(counter: number): Promise<string> {
    const owners: string[] = [];
    for (const owner of ['spare', 'next'] as const)
      if ((await authorize(victim, signedBy(NEXT.circuit, counter, { owner }))) === 'ok') owners.push(owner);
    return owners.join(' ');
  }

  describe.each(Object.entries(GEOMETRIES))('with flash as of %s', (_, geometry) => {
    it.each(TEARS)(
      'has the old keys or the new ones, whatever operation of a rotation is cut (torn: %s)',
      async (tear) => {
        await rig.powerOn(geometry);
        expect(await install(victim, 0, CURRENT)).toBe('ok');
        // Both sectors of the store have been in use.
        for (const version of [1, 2, 3]) expect(await putKeys(victim, keyTable(['ours', 'spare'], version))).toBe('ok');
        const flash = await rig.readFlash();
        const seen = new Set<string>();
        const rotation = keyTable(['ours', 'next'], 4);
        await cutEverywhere(
          geometry,
          flash,
          tear,
          () => putKeys(victim, rotation),
          async () => {
            const now = await trusted(2);
            expect(['spare', 'next']).toContain(now);
            seen.add(now);
            // Neither way is the counter lost, nor the circuit, nor the way on.
            expect(await authorize(victim, signedBy(NEXT.circuit, 1))).toBe('counterTooLow');
            expect(await runs(victim, CURRENT)).toBe(true);
            expect(await putKeys(victim, rotation)).toBe('ok');
            expect(await trusted(2)).toBe('next');
          },
        );
        expect(seen).toContain('spare');
        if (tear === 'done') expect(seen).toContain('next');
      },
      120_000,
    );

    it.each(TEARS)(
      'never boots below its counter, whatever operation of a confirmation is cut (torn: %s)',
      async (tear) => {
        await rig.powerOn(geometry);
        expect(await install(victim, 0, CURRENT)).toBe('ok');
        expect(await store(victim, 1, NEXT)).toBe('ok');
        const flash = await rig.readFlash();
        const seen = new Set<string>();
        await cutEverywhere(
          geometry,
          flash,
          tear,
          async () => {
            await step(victim, 'activate', 1);
            await step(victim, 'confirm', 1);
          },
          async () => {
            const isNew = await runs(victim, NEXT);
            seen.add(isNew ? 'new' : 'old');
            if (!isNew) expect(await runs(victim, CURRENT)).toBe(true);
            // Whoever boots the new one has its counter, too, and keeps it.
            const old = await authorize(victim, signedBy(CURRENT.circuit, 2));
            expect(old).toBe(isNew ? 'counterTooLow' : 'ok');
            await rig.restart();
            expect(await runs(victim, NEXT)).toBe(isNew);
            expect(await install(victim, isNew ? 0 : 1, signedBy(NEXT.circuit, 4))).toBe('ok');
            expect(await authorize(victim, signedBy(NEXT.circuit, 3))).toBe('counterTooLow');
          },
        );
        expect(seen).toContain('new');
      },
      120_000,
    );
  });

  it.each(TEARS)(
    'keeps its counter when a full sector of counters moves on and that is cut (torn: %s)',
    async (tear) => {
      const geometry = SMALLEST;
      await rig.powerOn(geometry);
      const room = Math.floor((geometry.sectorBytes - SNAPSHOT_BYTES) / 8);
      let counter = 1;
      for (let turn = 0; turn <= room; turn++)
        expect(await install(victim, turn % 2, signedBy(CURRENT.circuit, ++counter))).toBe('ok');
      const slot = (room + 1) % 2;
      const last = signedBy(NEXT.circuit, counter + 1);
      expect(await store(victim, slot, last)).toBe('ok');
      const flash = await rig.readFlash();
      await cutEverywhere(
        geometry,
        flash,
        tear,
        async () => {
          await step(victim, 'activate', slot);
          await step(victim, 'confirm', slot);
        },
        async () => {
          const isNew = await runs(victim, last);
          if (!isNew) expect(await runs(victim, CURRENT)).toBe(true);
          const confirmed = isNew ? counter + 1 : counter;
          expect(await authorize(victim, signedBy(CURRENT.circuit, confirmed - 1))).toBe('counterTooLow');
          expect(await authorize(victim, signedBy(CURRENT.circuit, confirmed))).toBe('ok');
        },
      );
    },
    120_000,
  );
});
