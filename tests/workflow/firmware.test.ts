/** Firmware onto boards by the workflow that every face calls, and by the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFirmware, type Note, type Progress } from '@adiabit/sdk/workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardEntry, imageOf } from '../support/board-files.js';
import { adiabit } from '../support/cli.js';
import { temporaryFolder } from '../support/host-device.js';
import { DriveBoard } from '../support/loaders/drive-board.js';
import { IspTarget } from '../support/loaders/isp-target.js';
import { PeerPort } from '../support/loaders/peer-port.js';
import { Stk500Peer } from '../support/loaders/stk500-peer.js';
import { Stm32Peer } from '../support/loaders/stm32-peer.js';
import { missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ends: (() => unknown)[];
beforeEach(async () => {
  folder = await temporaryFolder();
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await folder.dispose();
});

const pico = (files: Readonly<Record<string, string>> = { 'INFO_UF2.TXT': 'Board-ID: RPI-RP2\n' }): DriveBoard => {
  const drive = new DriveBoard(join(folder.path, 'drive'), files);
  ends.push(() => drive.unplug());
  return drive;
};

async function stm32(powerOffAfterWrites?: number): Promise<{ readonly port: string; readonly flash: Uint8Array }> {
  const chip = {
    chipId: 0x413,
    flashAddress: 0x08000000,
    flash: new Uint8Array(1 << 20).fill(0x5a),
    sectors: [16384, 16384, 16384, 16384, 65536, ...new Array<number>(7).fill(131072)],
    hasExtendedErase: true,
  };
  const faults = powerOffAfterWrites === undefined ? {} : { powerOffAfterWrites };
  const port = await PeerPort.plugIn(folder.path, (send) => new Stm32Peer(chip, send, faults));
  ends.push(() => port.unplug());
  return { port: port.path, flash: chip.flash };
}

/** Follows a workflow. */
function watch() {
  const notes: Note[] = [];
  const progress: Progress[] = [];
  return {
    notes,
    progress,
    observer: { onNote: (note: Note) => notes.push(note), onProgress: (one: Progress) => progress.push(one) },
  };
}

describe('writing firmware', () => {
  it('goes over the drive of a Pico, and ends with the hello of the board', async () => {
    const drive = pico();
    const { observer, notes, progress } = watch();
    const written = await writeFirmware({ board: 'rp2040', drive: drive.path, helloPort: 'virtual:rp2040', observer });
    expect(written).toMatchObject({
      loader: 'uf2-drive',
      place: drive.path,
      isVerified: false,
      hello: { boardId: 'rp2040' },
    });
    expect(notes).toEqual([{ kind: 'hello-awaited', port: 'virtual:rp2040' }]);
    expect(progress.at(-1)).toMatchObject({ step: 'firmware', phase: 'write', done: drive.taken!.length });
  });

  it('is not taken for done when another board says hello', async () => {
    const writing = writeFirmware({ board: 'rp2040', drive: pico().path, helloPort: 'virtual:uno' });
    await expect(writing).rejects.toMatchObject({ code: 'loader.wrong-chip', details: { boardId: 'uno' } });
  });

  it.each([
    ['hifive1', {}, 'loader.none', /J-Link/],
    ['stm32f405', {}, 'loader.no-place', /name it/],
    ['uno', {}, 'loader.no-place', /name it/],
    ['stm32f103', { port: '/dev/null' }, 'board.not-built', /stm32f103 has not been built/],
    ['uno', { port: '/dev/adiabit-nothing' }, 'transport.not-found', /List the ports/],
    ['pdp11', {}, 'board.unknown', /rp2040/],
    ['uno', { image: '/nowhere.hex' }, 'data.not-found', /nowhere/],
  ])('to %s with %j is refused: %s', async (board, place, code, message) => {
    await expect(writeFirmware({ board, ...place })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});

const missing = missingTools('socat');

describe.skipIf(missing.length > 0)(titled('writing firmware over a serial port', missing), () => {
  it('says that the board has none when it ends in the middle', async () => {
    const { port } = await stm32(4);
    const { observer, notes } = watch();
    await expect(writeFirmware({ board: 'stm32f405', port, observer })).rejects.toMatchObject({
      code: 'loader.no-answer',
    });
    expect(notes).toEqual([{ kind: 'firmware-incomplete', board: 'stm32f405' }]);
  });

  it('takes an image of the user, and refuses one of another board', async () => {
    const { port } = await stm32();
    const image = join(folder.path, '..', 'nothing.bin');
    await expect(writeFirmware({ board: 'stm32f405', port, image })).rejects.toMatchObject({ code: 'data.not-found' });
    const other = imageOf('rp2040').replace('.bin', '.uf2');
    await expect(writeFirmware({ board: 'stm32f405', port, image: other })).rejects.toMatchObject({
      code: 'loader.wrong-image',
    });
  });

  it('of an Arduino uses the port of the programmer, and another one for the hello', async () => {
    const chip = {
      signature: [0x1e, 0x95, 0x0f] as const,
      flash: new Uint8Array(32768),
      pageBytes: 128,
      fuses: { low: 0x62, high: 0xd9, extended: 0xff },
      lock: 0xcf,
    };
    const target = new IspTarget(chip, () => performance.now());
    const port = await PeerPort.plugIn(folder.path, (send) => new Stk500Peer(target, send));
    ends.push(() => port.unplug());
    const written = await writeFirmware({ board: 'uno', port: port.path, helloPort: 'virtual:uno', setsFuses: true });
    expect(written).toMatchObject({ loader: 'stk500v1', isVerified: true, hello: { boardId: 'uno' } });
    expect(chip.fuses.high).toBe(0xde);
  });
});

describe('adiabit firmware write', () => {
  const env = (): Readonly<Record<string, string>> => ({ ADIABIT_HOME: folder.path });
  const run = (...parameters: readonly string[]) => adiabit(['firmware', 'write', ...parameters], { env: env() });

  it('puts firmware on a Pico and prints the result as JSON', async () => {
    const drive = pico();
    const { code, stdout } = await run(
      '--board',
      'rp2040',
      '--drive',
      drive.path,
      '--hello',
      'virtual:rp2040',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ board: 'rp2040', loader: 'uf2-drive', hello: { boardId: 'rp2040' } });
    expect(drive.taken).toBeDefined();
  });

  it.skipIf(missing.length > 0)('puts firmware on an STM32, and says that it was compared', async () => {
    const { port, flash } = await stm32();
    const image = imageOf('stm32f405');
    const { code, stdout } = await run('--board', 'stm32f405', '--port', port, '--hello', 'virtual:stm32f405');
    expect(stdout).toMatch(
      /stm32f405: [\d,]+ bytes written over .*read back and compared\n.*\n? +it says hello: firmware/,
    );
    expect(code).toBe(0);
    expect(flash.subarray(0, 16)).toEqual(new Uint8Array(readFileSync(image)).subarray(0, 16));
  });

  it('says what to do where there is no way in, and what it takes', async () => {
    const { code, stderr } = await run('--board', 'hifive1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/J-Link.*\[loader\.none\]/);
    expect((await run('--port', 'x')).code).toBe(2);
    expect(boardEntry('hifive1').loader?.kind).toBe('none');
  });

  it('is left by Ctrl-C while it waits for a drive', async () => {
    const { code, stdout, stderr } = await adiabit(['firmware', 'write', '--board', 'rp2040'], {
      env: env(),
      interruptWhen: /waiting for the drive RPI-RP2: hold the button BOOTSEL/,
    });
    expect(stdout).toContain('BOOTSEL');
    expect(stderr).toContain('[cancelled]');
    expect(code).toBe(130);
  });
});
