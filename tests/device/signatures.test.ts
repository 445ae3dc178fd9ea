/** Firmware that trusts keys, as a host meets it: the device itself refuses what they have not signed. */
import { join } from 'node:path';
import { AdiabitError } from '@adiabit/simulator';
import { manifestBytesOf, withManifest } from '@adiabit/simulator/bitstream';
import { DeviceSession, flash } from '@adiabit/sdk/device';
import { signBitstream, signKeyTable, verifySignature } from '@adiabit/sdk/signature';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint, publicKeyBytes } from '../../sdk/src/signature/index.js';
import { BUILT_IN, CURRENT, flipped, NEXT, OLD, privateKey, PRODUCT, publicKey } from '../attacks/world.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { buildSignedHost, writeTrustedKeys } from '../support/trusted-keys.js';

const fileOf = ({ bytes, manifest }: typeof NEXT): Uint8Array => withManifest(bytes, manifest);

/** Whether the host finds it signed by our key. */
function hostTakes(bytes: Uint8Array): boolean {
  try {
    verifySignature(bytes, publicKey('ours'));
    return true;
  } catch (error) {
    if (error instanceof AdiabitError) return false;
    throw error;
  }
}

const missing = missingTools(...HOST_TOOLS, 'cargo');
describe.skipIf(missing.length > 0)(titled('a session with firmware that trusts keys', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let binary: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    binary = buildSignedHost(folder.path, writeTrustedKeys(folder.path, PRODUCT, BUILT_IN));
  }, 240_000);
  afterAll(() => folder.dispose());

  /** A conversation with the device of this name; another one with the same name finds its flash. */
  async function withDevice(name: string, work: (session: DeviceSession) => Promise<void>): Promise<void> {
    const device = new HostDevice(join(folder.path, name), binary);
    try {
      await work(await DeviceSession.open(device));
    } finally {
      await device.close();
    }
  }

  it('learns whom the device trusts, and flashes what they have signed', async () => {
    const ids = (['ours', 'spare', 'next'] as const).map((owner) => fingerprint(publicKeyBytes(publicKey(owner))));
    await withDevice('session', async (session) => {
      expect(session.device).toMatchObject({
        checksSignatures: true,
        trust: { product: PRODUCT, keyIds: ids.slice(0, 2), securityCounter: 0, tableVersion: 0 },
      });
      expect(await flash(session, fileOf(CURRENT), { trustedKey: publicKey('ours') })).toMatchObject({
        goldenVectors: 2,
        bytes: CURRENT.bytes.length,
      });
      expect(await session.readSlot(session.device.activeSlot!)).toEqual(CURRENT.bytes);
      expect((await session.hello()).trust?.securityCounter).toBe(2);
    });
    await withDevice('session', async (session) => {
      expect(session.device.trust?.securityCounter).toBe(2);
      const table = signKeyTable([publicKey('ours'), publicKey('next')], privateKey('ours'), {
        product: PRODUCT,
        board: 'host',
        tableVersion: 7,
      });
      const { trust } = await session.keys(table);
      expect(trust).toMatchObject({ keyIds: [ids[0], ids[2]], tableVersion: 7, securityCounter: 2 });
    });
    await withDevice('session', async (session) => {
      expect(session.device.trust).toMatchObject({ keyIds: [ids[0], ids[2]], tableVersion: 7 });
      const options = { product: PRODUCT, securityCounter: 2 };
      await flash(session, signBitstream(OLD.bytes, privateKey('next'), options));
      await expect(flash(session, signBitstream(OLD.bytes, privateKey('spare'), options))).rejects.toMatchObject({
        code: 'device.unknown-key',
      });
    });
  });

  it('sends nothing that has no signature, and says why the device refuses a wrong one', async () => {
    const other = { product: PRODUCT, securityCounter: 9 };
    const wrong: readonly (readonly [Uint8Array, string, string])[] = [
      [fileOf(OLD), 'device.counter-too-low', 'Older circuits do not come back'],
      [signBitstream(NEXT.bytes, privateKey('stranger'), other), 'device.unknown-key', 'its hello lists their ids'],
      [
        signBitstream(NEXT.bytes, privateKey('ours'), { ...other, product: 'toaster' }),
        'device.other-product',
        'hello',
      ],
      [
        signBitstream(NEXT.bytes, privateKey('ours'), { ...other, board: 'uno' }),
        'device.other-board',
        'kind of board',
      ],
      [
        signBitstream(NEXT.bytes, privateKey('ours'), { ...other, minimumFirmware: { major: 200, minor: 0 } }),
        'device.firmware-too-old',
        'Update the firmware',
      ],
      [withManifest(NEXT.bytes, flipped(NEXT.manifest, 1)), 'device.bad-signature', 'a key that the device trusts'],
    ];
    await withDevice('refusals', async (session) => {
      await flash(session, fileOf(CURRENT));
      await expect(flash(session, CURRENT.bytes)).rejects.toMatchObject({ code: 'flash.not-signed' });
      for (const [bytes, code, advice] of wrong) {
        await expect(flash(session, bytes), code).rejects.toMatchObject({
          code,
          message: expect.stringContaining(advice) as string,
        });
      }
      expect((await session.infer(CURRENT.circuit.inputs[0])).outputs).toEqual(CURRENT.circuit.outputs[0]);
      await flash(session, fileOf(NEXT));
    });
  });

  it('finds that the device takes a manifest where the host takes it, and refuses it where the host does', async () => {
    await withDevice('both', async (session) => {
      const deviceTakes = (manifest: Uint8Array): Promise<boolean> =>
        session.authorize(manifest).then(
          () => true,
          () => false,
        );
      expect(await deviceTakes(NEXT.manifest)).toBe(true);
      expect(hostTakes(fileOf(NEXT))).toBe(true);
      for (let byte = 0; byte < NEXT.manifest.length; byte++) {
        const manifest = flipped(NEXT.manifest, 8 * byte + (byte % 8));
        const bytes = withManifest(NEXT.bytes, manifest);
        const host = hostTakes(bytes) && manifestBytesOf(bytes) !== undefined;
        expect(await deviceTakes(manifest), `byte ${byte}`).toBe(host);
      }
    });
  });
});
