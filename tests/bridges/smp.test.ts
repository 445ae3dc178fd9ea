/** Tools of mcumgr flash our devices: smpmgr from PyPI, on the firmware of this computer and on emulated boards. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInProcess, isInQemu, startBoard } from '@adiabit/simulator/boards';
import { writeMcubootImage } from '@adiabit/simulator/interchange';
import { openDevice } from '@adiabit/sdk/device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedFolder } from '../../sdk/src/boards/build-image.js';
import { boardNamed } from '../../sdk/src/boards/catalogue.js';
import { machineOf } from '../../sdk/src/boards/images.js';
import { generateKeys, readPrivateKey, signBitstream } from '../../sdk/src/signature/index.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { listImages, serveBoard, smpmgr } from '../support/smpmgr.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';
import { writeTrustedKeys } from '../support/trusted-keys.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const BUILD = join(FIRMWARE, 'build', 'smp');
const make = (...parameters: readonly string[]): void => {
  execFileSync('make', ['-s', '-C', FIRMWARE, 'SMP=1', ...parameters], { stdio: 'pipe' });
};

const next = repeatableNumbers(2205);
const [first, second] = [0, 1].map(() => sampleCircuit(next, { widths: [33, 17, 5], inputBits: 1, goldenVectors: 2 }));
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const [firstHash, secondHash] = [digestOf(first.bytes), digestOf(second.bytes)];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const file = (name: string): string => join(folder.path, name);
/** Writes a file for smpmgr; gives its path. */
const written = (name: string, bytes: Uint8Array): string => {
  writeFileSync(file(name), bytes);
  return file(name);
};
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

/** Works with firmware of this computer behind a pseudo-terminal, new from the factory. */
async function withHost<T>(name: string, binary: string, work: (port: string) => Promise<T>): Promise<T> {
  const terminal = new PseudoTerminal(file(`tty-${name}`));
  await terminal.plugIn(`EXEC:${binary} link ${file(`flash-${name}`)}`);
  try {
    return await work(terminal.path);
  } finally {
    await terminal.unplug();
  }
}

/** Has a device tested, reset and confirmed by smpmgr. */
async function testAndConfirm(port: string, hash: string): Promise<void> {
  expect(await smpmgr(port, 'image', 'state-write', hash)).toMatchObject({ status: 0 });
  expect((await listImages(port)).find((image) => image.hash === hash)?.flags).toEqual(['pending']);
  expect(await smpmgr(port, 'os', 'reset')).toMatchObject({ status: 0 });
  expect((await listImages(port))[0]).toEqual({ slot: 0, hash, flags: ['active'] });
  expect(await smpmgr(port, 'image', 'state-write', '--confirm')).toMatchObject({ status: 0 });
  expect((await listImages(port))[0]).toEqual({ slot: 0, hash, flags: ['confirmed', 'active'] });
}

/** Tells over the link, on the same line, which class a device gives for the first input of a circuit. */
async function classOf(port: string, circuit: typeof first): Promise<number> {
  const session = await openDevice(port);
  try {
    return (await session.infer(circuit.inputs[0])).class;
  } finally {
    await session.close();
  }
}
const bestOf = (outputs: Int32Array | readonly number[]): number => [...outputs].indexOf(Math.max(...outputs));

const missing = missingTools('smpmgr', 'socat', ...HOST_TOOLS);
describe.skipIf(missing.length > 0)(titled('smpmgr and the firmware of this computer', missing), () => {
  const binary = join(BUILD, 'adiabit-host');
  beforeAll(() => make('host'), 120_000);

  it(
    'upload a bitstream as it is, test it, confirm it, and leave the line to the link',
    () =>
      withHost('raw', binary, async (port) => {
        expect((await smpmgr(port, 'os', 'echo', 'hello')).text).toContain("r='hello'");
        expect(await listImages(port)).toEqual([]);
        const upload = await smpmgr(port, 'image', 'upload', '--format', 'any', written('first.abit', first.bytes));
        expect(upload).toMatchObject({ status: 0 });
        await testAndConfirm(port, firstHash);
        expect(await classOf(port, first)).toBe(bestOf(first.outputs[0]));
        expect(await listImages(port)).toHaveLength(1);
      }),
    400_000,
  );

  it(
    'upgrade with an image, whose hash is the digest of the bitstream; what is not confirmed is gone after a reset',
    () =>
      withHost('image', binary, async (port) => {
        const one = written('first.bin', writeMcubootImage(first.bytes));
        const two = written('second.bin', writeMcubootImage(second.bytes));
        expect((await smpmgr(port, 'upgrade', '--slot', '1', one)).text).toContain('Upgrade complete');
        expect(await listImages(port)).toEqual([{ slot: 0, hash: firstHash, flags: ['active'] }]);
        await smpmgr(port, 'image', 'state-write', '--confirm');
        expect((await smpmgr(port, 'upgrade', '--slot', '1', two)).text).toContain('Upgrade complete');
        expect(await listImages(port)).toEqual([
          { slot: 0, hash: secondHash, flags: ['active'] },
          { slot: 1, hash: firstHash, flags: ['confirmed'] },
        ]);
        expect(await smpmgr(port, 'os', 'reset')).toMatchObject({ status: 0 });
        expect(await listImages(port)).toEqual([
          { slot: 0, hash: firstHash, flags: ['confirmed', 'active'] },
          { slot: 1, hash: secondHash, flags: [] },
        ]);
        expect(await smpmgr(port, 'image', 'state-write', '--confirm', secondHash)).toMatchObject({ status: 0 });
        expect((await listImages(port))[0]).toEqual({ slot: 0, hash: secondHash, flags: ['confirmed', 'active'] });
        expect(await classOf(port, second)).toBe(bestOf(second.outputs[0]));
        expect(await smpmgr(port, 'image', 'erase', '1')).toMatchObject({ status: 0 });
        expect(await listImages(port)).toHaveLength(1);
      }),
    400_000,
  );

  it(
    'say what is wrong, and keep what runs',
    () =>
      withHost('wrong', binary, async (port) => {
        await smpmgr(port, 'image', 'upload', '--format', 'any', written('first.abit', first.bytes));
        await testAndConfirm(port, firstHash);
        const before = await listImages(port);
        const damaged = second.bytes.slice();
        damaged[100] ^= 1;
        const upload = (name: string, bytes: Uint8Array) =>
          smpmgr(port, 'image', 'upload', '--format', 'any', written(name, bytes));
        const image = writeMcubootImage(second.bytes);
        image[150] ^= 1;
        expect((await upload('damaged.abit', damaged)).text).toContain('not a bitstream this firmware can run');
        expect((await upload('damaged.bin', image)).text).toContain('do not have the announced digest');
        expect((await upload('text', Buffer.from('This is no bitstream.'))).text).toContain('out of range');
        expect((await smpmgr(port, 'image', 'state-write', secondHash)).text).toContain('holds nothing usable');
        expect((await smpmgr(port, 'image', 'erase', '0')).text).toContain('is active');
        expect((await smpmgr(port, 'os', 'datetime', 'get')).status).not.toBe(0);
        expect(await listImages(port)).toEqual(before);
      }),
    400_000,
  );
});

const toSign = missingTools('smpmgr', 'socat', 'cargo', ...HOST_TOOLS);
describe.skipIf(toSign.length > 0)(titled('smpmgr and firmware that checks signatures', toSign), () => {
  const [ours, theirs] = [generateKeys(), generateKeys()];
  const signed = (bytes: Uint8Array, key: string, securityCounter: number) =>
    writeMcubootImage(signBitstream(bytes, readPrivateKey(key), { product: 'acme', securityCounter }));
  let binary: string;
  beforeAll(() => {
    const header = writeTrustedKeys(folder.path, 'acme', [ours.publicKey]);
    make('host', `BUILD=${file('signed')}`, `KEYS=${header}`);
    binary = join(file('signed'), 'smp', signedFolder(readFileSync(header)), 'adiabit-host');
  }, 300_000);

  it(
    'take what a trusted key has signed, and nothing else',
    () =>
      withHost('signed', binary, async (port) => {
        const upload = (name: string, bytes: Uint8Array) =>
          smpmgr(port, 'image', 'upload', '--format', 'any', written(name, bytes));
        const refused = async (name: string, bytes: Uint8Array, why: string): Promise<void> => {
          const { text } = await upload(name, bytes);
          expect(text).toContain('EACCESSDENIED');
          expect(text).toContain(why);
        };
        const nobodySigned = 'no manifest that a trusted key has signed';
        await refused('plain.abit', first.bytes, nobodySigned);
        await refused('plain.bin', writeMcubootImage(first.bytes), nobodySigned);
        await refused('theirs.bin', signed(first.bytes, theirs.privateKey, 5), 'does not trust the key');
        const forged = signed(first.bytes, ours.privateKey, 5);
        forged[32 + 56] ^= 1;
        await refused('forged.bin', forged, nobodySigned);
        expect(await listImages(port)).toEqual([]);
        // No slot is erased without a manifest, either.
        expect((await smpmgr(port, 'image', 'erase', '1')).text).toContain('EACCESSDENIED');

        const image = written('first.bin', signed(first.bytes, ours.privateKey, 5));
        expect((await smpmgr(port, 'image', 'upload', image)).status).toBe(0);
        await testAndConfirm(port, firstHash);
        await refused('older.bin', signed(second.bytes, ours.privateKey, 4), 'security counter is below');
        // A manifest of one circuit does not speak for another one.
        const other = signed(second.bytes, ours.privateKey, 6);
        other.set(first.bytes, 32 + 164);
        expect((await upload('other.bin', other)).text).toContain('announced digest');
        expect((await listImages(port))[0]).toEqual({ slot: 0, hash: firstHash, flags: ['confirmed', 'active'] });
      }),
    400_000,
  );
});

const forPico = missingTools('smpmgr', 'socat', 'arm-none-eabi-gcc', 'make');
describe.skipIf(forPico.length > 0)(titled('smpmgr and an emulated Pico', forPico), () => {
  beforeAll(() => make('rp2040'), 120_000);

  it('upload, test and confirm', async () => {
    const board = boardNamed('rp2040');
    const started = await startBoard(machineOf(board), { image: readFileSync(join(BUILD, 'rp2040.bin')) });
    if (!isInProcess(started)) throw new Error('The Pico is emulated elsewhere.');
    const { port, server } = await serveBoard(started);
    const terminal = new PseudoTerminal(file('tty-pico'));
    await terminal.plugIn(`TCP:127.0.0.1:${port}`);
    try {
      const image = written('first.bin', writeMcubootImage(first.bytes));
      expect(await smpmgr(terminal.path, 'image', 'upload', image)).toMatchObject({ status: 0 });
      await testAndConfirm(terminal.path, firstHash);
      expect(started.fault).toBeUndefined();
    } finally {
      await terminal.unplug();
      started.close();
      server.close();
    }
  }, 400_000);
});

const forStm32 = missingTools('smpmgr', 'qemu-system-arm', 'arm-none-eabi-gcc', 'make');
describe.skipIf(forStm32.length > 0)(titled('smpmgr and an emulated STM32F405', forStm32), () => {
  beforeAll(() => make('stm32f405'), 120_000);

  it('upload, test and confirm', async () => {
    const machine = machineOf(boardNamed('stm32f405'));
    if (!isInQemu(machine)) throw new Error('The STM32F405 is emulated elsewhere.');
    const started = await startBoard(machine, { image: readFileSync(join(BUILD, 'stm32f405.bin')) });
    try {
      const { path } = started as unknown as { readonly path: string };
      const image = written('first.bin', writeMcubootImage(first.bytes));
      expect(await smpmgr(path, 'image', 'upload', image)).toMatchObject({ status: 0 });
      await testAndConfirm(path, firstHash);
    } finally {
      await started.close();
    }
  }, 400_000);
});
