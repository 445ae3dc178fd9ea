/** Firmware built for a key: the device itself refuses what that key has not signed. */
import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInProcess, startQemuBoard, stackHighWater } from '@adiabit/simulator/boards';
import { AdiabitError } from '@adiabit/simulator';
import { layout, signWith } from '@adiabit/simulator/bitstream';
import { withFreshChecksums } from '../../simulator/src/bitstream/testing/with-fresh-checksums.js';
import { DeviceSession, flash, openDevice } from '@adiabit/sdk/device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, signedFolder } from '../../sdk/scripts/build-firmware-images.js';
import { HELLO_REPLY, STATUS } from '../../sdk/src/protocol/constants.js';
import {
  generateKeys,
  publicKeyBytes,
  readPrivateKey,
  readPublicKey,
  signBitstream,
  verifySignature,
} from '../../sdk/src/signature/index.js';
import { machine, qemuMachine } from '../support/board-files.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { HostProcess, RawLine, type ByteLine } from '../support/raw-line.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
/** ports/rp2040/link.ld */
const PICO_STACK = { address: 0x20040000, length: 8192 };

const ours = generateKeys();
const theirs = generateKeys();
const circuit = sampleCircuit(repeatableNumbers(91), { widths: [65, 33, 7], inputBits: 8, goldenVectors: 2 });
const signed = signBitstream(circuit.bytes, readPrivateKey(ours.privateKey));

/** What nobody with our key has signed, in every way that a reader of bitstreams finds good. */
const FORGERIES: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['no signature', circuit.bytes],
  ['the signature of another key', signBitstream(circuit.bytes, readPrivateKey(theirs.privateKey))],
  [
    'the signature of another key under the name of ours',
    signWith(circuit.bytes, publicKeyBytes(readPublicKey(ours.publicKey)), (message) =>
      sign(null, message, readPrivateKey(theirs.privateKey)),
    ),
  ],
  [
    'our signature of something else',
    signWith(circuit.bytes, publicKeyBytes(readPublicKey(ours.publicKey)), (message) =>
      sign(
        null,
        message.map((byte) => byte ^ 1),
        readPrivateKey(ours.privateKey),
      ),
    ),
  ],
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(file('ours.pub'), ours.publicKey);
});
afterAll(() => folder.dispose());

/** Whether the host finds it signed by our key. */
function hostTakes(bytes: Uint8Array): boolean {
  try {
    verifySignature(bytes, readPublicKey(ours.publicKey));
    return true;
  } catch (error) {
    if (error instanceof AdiabitError) return false;
    throw error;
  }
}

async function expectToRunOnlyWhatIsSigned(device: ByteLine): Promise<void> {
  const line = new RawLine(device);
  const { payload } = await line.ask({ type: 'hello' });
  expect(payload[HELLO_REPLY.boardId + payload[HELLO_REPLY.boardIdLength]]).toBe(1);
  for (const [what, bytes] of FORGERIES) {
    expect(await line.store(0, bytes), what).toBe(STATUS.badSignature.value);
    expect((await line.ask({ type: 'activate', slot: 0 })).status, what).toBe(STATUS.slotUnavailable.value);
  }
  await line.install(0, signed);
  expect((await line.ask({ type: 'reset' })).status).toBe(0);
  expect(await line.activeSlot()).toBe(0);
  expect((await line.infer(circuit.inputs[0]))?.outputs).toEqual(circuit.outputs[0]);
}

const hostMissing = missingTools(...HOST_TOOLS, 'cargo');
describe.skipIf(hostMissing.length > 0)(titled('firmware for a key, on the host', hostMissing), () => {
  const start = (flash: string, binary?: string): HostProcess => new HostProcess(file(flash), binary);
  let binary: string;
  beforeAll(() => {
    binary = file(`host/${signedFolder(ours.publicKey)}/adiabit-host`);
    const variables = [`BUILD=${file('host')}`, `SIGNED_BY=${file('ours.pub')}`];
    execFileSync('make', ['-s', '-C', FIRMWARE, 'host', ...variables], { stdio: 'pipe' });
  }, 240_000);

  it('refuses what is not signed by it, and runs what is', async () => {
    const device = start('flash', binary);
    await expectToRunOnlyWhatIsSigned(device);
    expect(await device.close()).toBe(0);
    expect(device.errors).toBe('');
  });

  it('takes a signature frame where the host takes it, and refuses it where the host does, whatever is changed in it', async () => {
    const device = start('frame', binary);
    const line = new RawLine(device);
    const frame = signed.length - layout.DIGEST_BYTES - layout.SIGNATURE.size - layout.FRAME.size;
    const payload = frame + layout.FRAME.size;
    const header = Array.from({ length: 8 * layout.FRAME.crc32 }, (_, bit) => 8 * frame + bit);
    const content = Array.from({ length: layout.SIGNATURE.size }, (_, byte) => 8 * (payload + byte) + (byte % 8));
    const seen = new Set<number>();
    for (const bit of [undefined, ...header, ...content]) {
      const bytes = signed.slice();
      if (bit !== undefined) bytes[bit >>> 3] ^= 1 << (bit & 7);
      const sealed = withFreshChecksums(bytes);
      const status = await line.store(0, sealed);
      expect(status === 0, `bit ${bit} of ${8 * frame}: status ${status}`).toBe(hostTakes(sealed));
      seen.add(status);
    }
    expect(seen).toEqual(new Set([0, STATUS.badSignature.value, STATUS.badBitstream.value]));
    await device.close();
  });

  it('is sent nothing that has no signature, and says why it refuses a wrong one', async () => {
    const device = new HostDevice(file('session'), binary);
    const session = await DeviceSession.open(device);
    try {
      expect(session.device.checksSignatures).toBe(true);
      await expect(flash(session, circuit.bytes)).rejects.toMatchObject({ code: 'flash.not-signed' });
      await expect(flash(session, FORGERIES[1][1])).rejects.toMatchObject({
        message: expect.stringContaining('not signed by the key that the firmware trusts') as string,
      });
      expect(await flash(session, signed)).toMatchObject({ goldenVectors: 2 });
    } finally {
      await session.close();
      await device.close();
    }
  });

  it('does not boot what firmware without a key has stored and confirmed', async () => {
    const before = start('earlier');
    await new RawLine(before).install(1, circuit.bytes);
    await before.close();
    const after = start('earlier', binary);
    expect(await new RawLine(after).activeSlot()).toBe(0xff);
    await after.close();
  });
});

const boardMissing = missingTools('make', 'cargo', 'arm-none-eabi-gcc');
describe.skipIf(boardMissing.length > 0)(titled('firmware for a key, on an emulated Pico', boardMissing), () => {
  it('refuses what is not signed by it, and runs what is, within its stack', async () => {
    const { bytes } = buildImage('rp2040', file('rp2040'), file('ours.pub'));
    const board = startInProcess(machine('rp2040'), { image: bytes });
    try {
      await expectToRunOnlyWhatIsSigned(board);
      expect(board.fault).toBeUndefined();
      const used = stackHighWater(board.readRam(PICO_STACK.address, PICO_STACK.length));
      expect(used).toBeGreaterThan(1000);
      expect(used).toBeLessThan(PICO_STACK.length / 2);
    } finally {
      board.close();
    }
  }, 240_000);
});

const qemuMissing = missingTools('make', 'cargo', 'arm-none-eabi-gcc', 'qemu-system-arm');
describe.skipIf(qemuMissing.length > 0)(titled('firmware for a key, on an STM32F405 in QEMU', qemuMissing), () => {
  it('refuses what is not signed by it, and runs what is', async () => {
    const { bytes } = buildImage('stm32f405', file('stm32f405'), file('ours.pub'));
    const board = await startQemuBoard(qemuMachine('stm32f405'), { image: bytes });
    try {
      const session = await openDevice(board.path);
      try {
        expect(session.device.checksSignatures).toBe(true);
        await expect(flash(session, FORGERIES[1][1])).rejects.toMatchObject({ details: { status: 'badSignature' } });
        await flash(session, signed);
        expect((await session.inferMany(circuit.inputs)).map(({ outputs }) => outputs)).toEqual(circuit.outputs);
      } finally {
        await session.close();
      }
    } finally {
      await board.close();
    }
  }, 240_000);
});
