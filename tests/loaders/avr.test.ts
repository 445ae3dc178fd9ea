/** A programmer at the ISP pins of an Arduino, over a real serial port; and the firmware that it has written, emulated. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInProcess } from '@adiabit/simulator/boards';
import type { LoaderOf } from '@adiabit/sdk/boards';
import { openDevice, VirtualPorts } from '@adiabit/sdk/device';
import { openLine, readProgram, writeAvr, type AvrOptions, type LoaderProgress } from '@adiabit/sdk/loaders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardEntry, imageOf, machine } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { EmulatedArduino, compileArduinoIsp, compileBootLoader, missingArduino } from '../support/loaders/arduino.js';
import { IspTarget, type IspChip } from '../support/loaders/isp-target.js';
import { PeerPort } from '../support/loaders/peer-port.js';
import { Stk500Peer, type Stk500Faults } from '../support/loaders/stk500-peer.js';
import { missingTools, titled } from '../support/tools.js';

/** A chip as it is on the board when that is sold, with something else in its flash, and locked. */
const unoChip = (more: Partial<IspChip> = {}): IspChip => ({
  signature: [0x1e, 0x95, 0x0f],
  flash: new Uint8Array(32768).fill(0x5a),
  pageBytes: 128,
  fuses: { low: 0xff, high: 0xde, extended: 0xfd },
  lock: 0xcf,
  ...more,
});
const megaChip = (): IspChip => ({
  signature: [0x1e, 0x98, 0x01],
  flash: new Uint8Array(262144).fill(0x5a),
  pageBytes: 256,
  fuses: { low: 0xff, high: 0xd8, extended: 0xfd },
  lock: 0xcf,
});

const flashOf = (id: string): Uint8Array => {
  const board = boardEntry(id);
  const flash = new Uint8Array(board.flashBytes).fill(0xff);
  for (const { address, bytes } of readProgram(board, readFileSync(imageOf(id)))) flash.set(bytes, address);
  return flash;
};

/** Starts the emulated board with nothing but what is in a flash, and asks who it is. */
async function helloOf(id: string, flash: Uint8Array): Promise<string> {
  const image = new TextEncoder().encode(':00000001FF\n');
  const start = () => Promise.resolve(startInProcess(machine(id), { image, flash }));
  const path = 'virtual:written';
  const session = await openDevice(path, { virtualPorts: new VirtualPorts([{ path, boardId: id, name: id, start }]) });
  await session.close();
  return session.device.boardId;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let port: PeerPort<Stk500Peer> | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await port?.unplug();
  port = undefined;
  await folder.dispose();
});

async function plugIn(chip: IspChip, faults: Stk500Faults = {}): Promise<IspTarget> {
  const target = new IspTarget(chip, () => performance.now());
  port = await PeerPort.plugIn(folder.path, (send) => new Stk500Peer(target, send, faults));
  return target;
}

async function write(id = 'uno', options: AvrOptions = {}): Promise<{ readonly bytes: number }> {
  const board = boardEntry(id);
  const loader = board.loader as LoaderOf<'stk500v1'>;
  const line = await openLine(port!.path, loader);
  const program = readProgram(board, readFileSync(imageOf(id)));
  return writeAvr(line, { board, loader }, program, options).finally(() => line.close());
}

const missing = missingTools('socat');

describe.skipIf(missing.length > 0)(titled('a programmer', missing), () => {
  it.each([
    ['uno', unoChip],
    ['mega', megaChip],
  ])('puts the firmware of the %s on its chip, which then says hello', async (id, makeChip) => {
    const chip = makeChip();
    const target = await plugIn(chip);
    const seen: LoaderProgress[] = [];
    await write(id, { onProgress: (progress) => seen.push(progress) });
    expect(target.faults).toEqual([]);
    expect(Buffer.compare(chip.flash, flashOf(id))).toBe(0);
    expect(chip.lock).toBe(0xff);
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['erase', 'write', 'verify']);
    expect(await helloOf(id, chip.flash)).toBe(id);
  });

  it('whose own boot loader answers first is waited for', async () => {
    const chip = unoChip();
    await plugIn(chip, { bootLoaderMs: 1000 });
    await write();
    expect(Buffer.compare(chip.flash, flashOf('uno'))).toBe(0);
  });

  it('sets fuses if that is asked for, and only those that differ', async () => {
    const chip = unoChip({ fuses: { low: 0x62, high: 0xd9, extended: 0xff } });
    await plugIn(chip);
    await expect(write()).rejects.toMatchObject({
      code: 'loader.fuses',
      message: expect.stringMatching(/low 0x62, high 0xD9.*low 0xFF, high 0xDE/) as string,
    });
    expect(chip.flash[0]).toBe(0x5a);
    await write('uno', { setsFuses: true });
    expect(chip.fuses).toEqual({ low: 0xff, high: 0xde, extended: 0xfd });
    expect(Buffer.compare(chip.flash, flashOf('uno'))).toBe(0);
  });

  it('takes fuse bits that are not there for nothing', async () => {
    const chip = unoChip({ fuses: { low: 0xff, high: 0xde, extended: 0x05 } });
    await plugIn(chip);
    await write();
    expect(chip.fuses.extended).toBe(0x05);
  });

  it.each<[string, Partial<IspChip>, Stk500Faults, string, RegExp]>([
    ['another chip', { signature: [0x1e, 0x98, 0x01] }, {}, 'loader.wrong-chip', /1E9801.*ATmega328P is 1E950F/],
    ['no chip', {}, { isUnwired: true }, 'loader.wrong-chip', /six wires/],
    ['a bit read wrongly', {}, { misreads: (read) => read === 3 }, 'loader.verify-failed', /holds/],
    ['power that goes in mid-write', {}, { powerOffAfterPages: 5 }, 'loader.no-answer', /universal.*ArduinoISP/],
    [
      'an answer out of step',
      {},
      { answers: (code) => (code === 0x75 ? [0x15] : undefined) },
      'loader.bad-reply',
      /0x15/,
    ],
    ['silence', {}, { answers: () => [] }, 'loader.no-answer', /as a programmer.*ArduinoISP/],
  ])('says what is wrong: %s', { timeout: 20_000 }, async (_, more, faults, code, message) => {
    await plugIn(unoChip(more), faults);
    await expect(write()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('that stays a boot loader is told from a programmer', { timeout: 20_000 }, async () => {
    await plugIn(unoChip(), { bootLoaderMs: Infinity });
    await expect(write()).rejects.toMatchObject({
      code: 'loader.bad-reply',
      message: expect.stringMatching(/boot loader of an Arduino answers.*ArduinoISP/) as string,
    });
  });

  it('is left when the signal fires', async () => {
    await plugIn(unoChip());
    const stop = new AbortController();
    const onProgress = ({ phase, bytes }: LoaderProgress): void => {
      if (phase === 'write' && bytes > 500) stop.abort();
    };
    await expect(write('uno', { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

const noAvrdude = missingTools('socat', 'avrdude');

it.skipIf(noAvrdude.length > 0).each([
  ['m328p', 'uno', unoChip],
  ['m2560', 'mega', megaChip],
])(
  titled('the programmer and the chip %s that these tests talk to take the image from avrdude, too', noAvrdude),
  { timeout: 60_000 },
  async (part, id, makeChip) => {
    const chip = makeChip();
    const target = await plugIn(chip);
    const parameters = ['-c', 'stk500v1', '-p', part, '-b', '19200', '-P', join(folder.path, 'port'), '-e'];
    await promisify(execFile)('avrdude', [...parameters, '-U', `flash:w:${imageOf(id)}:i`]);
    expect(target.faults).toEqual([]);
    expect(Buffer.compare(chip.flash, flashOf(id))).toBe(0);
  },
);

const noArduino = [...missingTools('avr-g++'), ...missingArduino()];

describe.skipIf(noArduino.length > 0)(titled("the programs of Arduino's makers on an emulated Uno", noArduino), () => {
  const board = boardEntry('uno');
  const loader = board.loader as LoaderOf<'stk500v1'>;
  let uno: EmulatedArduino | undefined;
  afterEach(() => uno?.close());

  it('program the chip at their SPI pins: the sketch ArduinoISP', { timeout: 120_000 }, async () => {
    const chip = unoChip();
    const targets: IspTarget[] = [];
    uno = new EmulatedArduino(compileArduinoIsp(folder.path), 0, {
      makeTarget: (nowMs) => {
        targets.push(new IspTarget(chip, nowMs));
        return targets[0];
      },
    });
    const all = readProgram(board, readFileSync(imageOf('uno')));
    // The first pages, and those of the boot section: a second of the programmer's time writes four pages.
    const program = all.map(({ address, bytes }) => ({ address, bytes: bytes.subarray(0, 1000) }));
    await writeAvr(uno, { board, loader }, program);
    expect(targets[0].faults).toEqual([]);
    const whole = flashOf('uno');
    for (const { address, bytes } of program)
      expect(Buffer.compare(chip.flash.subarray(address, address + bytes.length), bytes)).toBe(0);
    expect(chip.flash.subarray(0x7e00)).toEqual(whole.subarray(0x7e00));
  });

  it('are told from a programmer: the boot loader of the Uno', { timeout: 60_000 }, async () => {
    uno = new EmulatedArduino(compileBootLoader(folder.path), 0x7e00);
    const program = readProgram(board, readFileSync(imageOf('uno')));
    await expect(writeAvr(uno, { board, loader }, program)).rejects.toMatchObject({
      message: expect.stringMatching(/boot loader of an Arduino answers/) as string,
    });
  });
});
