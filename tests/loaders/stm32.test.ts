/** The STM32's boot loader over a real serial port, with a chip behind it that is written from the application note alone. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoaderOf } from '@adiabit/sdk/boards';
import { openLine, readProgram, writeStm32, type LoaderOptions, type LoaderProgress } from '@adiabit/sdk/loaders';
import { boardEntry, imageOf } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { PeerPort } from '../support/loaders/peer-port.js';
import { Stm32Peer, type Stm32Chip, type Stm32Faults } from '../support/loaders/stm32-peer.js';
import { missingTools, titled } from '../support/tools.js';

const board = boardEntry('stm32f405');
const image = readFileSync(imageOf('stm32f405'));
const program = readProgram(board, image);
const sectors = [16384, 16384, 16384, 16384, 65536, ...new Array<number>(7).fill(131072)];

/** A chip with old bytes all over its flash. */
const chip = (more: Partial<Stm32Chip> = {}): Stm32Chip => ({
  chipId: 0x413,
  flashAddress: 0x08000000,
  flash: new Uint8Array(1 << 20).fill(0x5a),
  sectors,
  hasExtendedErase: true,
  ...more,
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let port: PeerPort<Stm32Peer> | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await port?.unplug();
  port = undefined;
  await folder.dispose();
});

async function plugIn(target: Stm32Chip, faults: Stm32Faults = {}): Promise<Stm32Peer> {
  port = await PeerPort.plugIn(folder.path, (send) => new Stm32Peer(target, send, faults));
  return port.peer;
}

async function write(options: LoaderOptions = {}, of = board): Promise<{ readonly bytes: number }> {
  const loader = of.loader as LoaderOf<'stm32-uart'>;
  const line = await openLine(port!.path, { baudRate: loader.baudRate, parity: 'even' });
  try {
    return await writeStm32(line, { board: of, loader }, of === board ? program : readProgram(of, image), options);
  } finally {
    await line.close();
  }
}

const missing = missingTools('socat');

describe.skipIf(missing.length > 0)(titled('the boot loader of an STM32', missing), () => {
  it('gets the image, erases what lies under it and nothing else, and starts it', async () => {
    const target = chip();
    const peer = await plugIn(target);
    const seen: LoaderProgress[] = [];
    expect(await write({ onProgress: (progress) => seen.push(progress) })).toEqual({ bytes: image.length });
    expect(Buffer.compare(target.flash.subarray(0, image.length), image)).toBe(0);
    expect([...peer.erased]).toEqual([0, 1]);
    expect(target.flash[2 * 16384]).toBe(0x5a);
    expect(peer.startedAt).toBe(0x08000000);
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['erase', 'write', 'verify']);
    for (const phase of ['write', 'verify'])
      expect(seen.findLast((progress) => progress.phase === phase)).toMatchObject({
        bytesPerSecond: expect.any(Number) as number,
      });
    expect(seen.every(({ bytes, totalBytes }) => bytes <= totalBytes)).toBe(true);
  });

  it('is found behind noise, and when it has been spoken to before', async () => {
    const target = chip();
    await plugIn(target, { garbage: [0x00, 0xff, 0x41, 0x42] });
    const line = await openLine(port!.path, { baudRate: 115200, parity: 'even' });
    await line.write(Uint8Array.of(0x7f));
    await line.close();
    await write();
    expect(Buffer.compare(target.flash.subarray(0, image.length), image)).toBe(0);
  });

  it('that does not understand a block now and then is sent it again', async () => {
    const target = chip();
    await plugIn(target, { refuses: (frame) => frame % 7 === 3 });
    await write();
    expect(Buffer.compare(target.flash.subarray(0, image.length), image)).toBe(0);
  });

  it('of an older chip erases pages by numbers of 8 bits', async () => {
    const old = boardEntry('stm32f103');
    const target = chip({
      chipId: 0x410,
      flash: new Uint8Array(128 << 10).fill(0x5a),
      sectors: new Array<number>(128).fill(1024),
      hasExtendedErase: false,
    });
    const peer = await plugIn(target);
    await write({}, old);
    expect(Buffer.compare(target.flash.subarray(0, image.length), image)).toBe(0);
    expect(peer.erased.size).toBe(Math.ceil(image.length / 1024));
  });

  it.each<[string, Partial<Stm32Chip>, Stm32Faults, string, RegExp]>([
    ['another chip', { chipId: 0x410 }, {}, 'loader.wrong-chip', /0x410.*0x413/],
    ['a protected chip', {}, { isProtected: true }, 'loader.protected', /erases the whole flash/],
    ['write protection', {}, { refuses: () => true }, 'loader.protected', /protected/],
    ['a block that is always refused', {}, { refuses: (frame) => frame > 5 }, 'loader.refused', /writeMemory 3 times/],
    ['power that goes in mid-write', {}, { powerOffAfterWrites: 9 }, 'loader.no-answer', /writeMemory.*BOOT0/],
    ['a byte that stays', {}, { wornAt: 1000 }, 'loader.verify-failed', /0x080003E8/],
    [
      'answers from something else',
      {},
      { answers: (byte) => (byte === 0x79 ? 0x55 : byte) },
      'loader.bad-reply',
      /0x55/,
    ],
  ])('says what is wrong: %s', async (_, more, faults, code, message) => {
    await plugIn(chip(more), faults);
    await expect(write()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('that sends neither yes nor no is not trusted', async () => {
    let answers = 0;
    await plugIn(chip(), { answers: (byte) => (answers++ === 20 ? 0x55 : byte) });
    await expect(write()).rejects.toMatchObject({ code: 'loader.bad-reply' });
  });

  it('is left when the signal fires', async () => {
    await plugIn(chip());
    const stop = new AbortController();
    const onProgress = ({ phase, bytes }: LoaderProgress): void => {
      if (phase === 'write' && bytes > 2000) stop.abort();
    };
    await expect(write({ signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('that loses its cable in mid-write is disconnected', async () => {
    await plugIn(chip());
    const onProgress = ({ phase, bytes }: LoaderProgress): void => {
      if (phase === 'write' && bytes === 2048) void port!.unplug();
    };
    await expect(write({ onProgress })).rejects.toMatchObject({ code: 'transport.disconnected' });
  });
});

const noFlasher = missingTools('socat', 'stm32flash');

it.skipIf(noFlasher.length > 0)(
  // A pseudo terminal has no parity bit, and stm32flash insists on what it sets.
  titled('the chip that these tests talk to takes the image from stm32flash, too', noFlasher),
  async () => {
    const target = chip();
    const peer = await plugIn(target);
    await promisify(execFile)('stm32flash', [
      '-b',
      '115200',
      '-m',
      '8n1',
      '-w',
      imageOf('stm32f405'),
      '-v',
      '-g',
      '0x08000000',
      port!.path,
    ]);
    expect(Buffer.compare(target.flash.subarray(0, image.length), image)).toBe(0);
    expect(peer.startedAt).toBe(0x08000000);
  },
);
