/** Boot loaders that are drives: a folder that behaves like one, and the real emulated Pico behind it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInProcess } from '@adiabit/simulator/boards';
import { openDevice, VirtualPorts } from '@adiabit/sdk/device';
import { findDrive, readUf2, systemDrives, writeDrive, type DriveLoader } from '@adiabit/sdk/loaders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageName, userImageName } from '../../sdk/src/boards/images.js';
import { fatMounts } from '../../sdk/src/loaders/mounts.js';
import { boardEntry, imagePath, machine } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { DriveBoard } from '../support/loaders/drive-board.js';

const pico = boardEntry('rp2040');
const microbit = boardEntry('microbit');
const uf2 = new Uint8Array(readFileSync(imagePath(userImageName(pico))));
const hex = new Uint8Array(readFileSync(imagePath(userImageName(microbit))));
const loaderOf = (board: typeof pico): DriveLoader => board.loader as DriveLoader;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let board: DriveBoard | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  board?.unplug();
  board = undefined;
  await folder.dispose();
});
const plugIn = (
  ...parameters: ConstructorParameters<typeof DriveBoard> extends [string, ...infer Rest] ? Rest : never
) => (board = new DriveBoard(join(folder.path, 'drive'), ...parameters));

describe('the drive of a Pico', () => {
  it('takes the whole file and goes away, and the emulated Pico with its bytes in flash says hello', async () => {
    const drive = plugIn({ 'INFO_UF2.TXT': 'UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n' });
    const rates: number[] = [];
    const onProgress = ({ bytesPerSecond = 0 }): void => void rates.push(bytesPerSecond);
    const written = await writeDrive(pico, loaderOf(pico), uf2, {
      listDrives: () => Promise.resolve([drive.path]),
      onProgress,
    });
    expect(written.drive).toBe(drive.path);
    expect(Buffer.compare(drive.taken!, uf2)).toBe(0);
    expect(rates.at(-1)).toBeGreaterThan(0);

    // What the boot loader of the chip does with the file: every block to its address.
    const flash = new Uint8Array(pico.flashBytes).fill(0xff);
    for (const { address, bytes } of readUf2(drive.taken!, 0xe48bff56)) flash.set(bytes, address - pico.flashAddress);
    const start = () => Promise.resolve(startInProcess(machine('rp2040'), { image: flash }));
    const virtualPorts = new VirtualPorts([{ path: 'virtual:written', boardId: 'rp2040', name: 'Pico', start }]);
    const session = await openDevice('virtual:written', { virtualPorts });
    expect(session.device.boardId).toBe('rp2040');
    await session.close();
  });

  it('is waited for', async () => {
    let waits = 0;
    const listDrives = () => Promise.resolve([join(folder.path, 'drive')]);
    const onWait = (): void => {
      waits++;
      setTimeout(() => plugIn({ 'INFO_UF2.TXT': 'Board-ID: RPI-RP2\n' }), 100);
    };
    expect(await findDrive(loaderOf(pico), { listDrives, onWait })).toBe(join(folder.path, 'drive'));
    expect(waits).toBe(1);
  });

  it('that does not appear is asked for in words, and other boards are named', async () => {
    const drive = plugIn({ 'INFO_UF2.TXT': 'Board-ID: RP2350\n' });
    const search = { listDrives: () => Promise.resolve([drive.path]), timeoutMs: 10 };
    await expect(findDrive(loaderOf(pico), search)).rejects.toMatchObject({
      code: 'loader.drive-not-found',
      message: expect.stringMatching(/hold the button BOOTSEL.*RP2350/) as string,
    });
  });

  it.each([
    ['another board', { 'INFO_UF2.TXT': 'Board-ID: RP2350\n' }, 'RP2350'],
    ['none of a board', { 'holiday.jpg': '' }, 'INFO_UF2.TXT'],
  ])('that was named and is %s is refused before it is touched', async (_, files, said) => {
    const drive = plugIn(files);
    const writing = writeDrive(pico, loaderOf(pico), uf2, { drive: drive.path });
    await expect(writing).rejects.toMatchObject({
      code: 'loader.wrong-drive',
      message: expect.stringContaining(said) as string,
    });
    expect(drive.taken).toBeUndefined();
  });

  it('is not guessed where several are there', async () => {
    const [one, two] = ['one', 'two'].map((name) => join(folder.path, name));
    for (const path of [one, two]) {
      mkdirSync(path);
      writeFileSync(join(path, 'INFO_UF2.TXT'), 'Board-ID: RPI-RP2\n');
    }
    const search = { listDrives: () => Promise.resolve([one, two]) };
    await expect(findDrive(loaderOf(pico), search)).rejects.toMatchObject({ code: 'loader.several-drives' });
  });

  it('that stays has not taken the file', async () => {
    const drive = plugIn({ 'INFO_UF2.TXT': 'Board-ID: RPI-RP2\n' }, { ignoresFiles: true });
    const writing = writeDrive(pico, loaderOf(pico), uf2, { drive: drive.path, vanishTimeoutMs: 200 });
    await expect(writing).rejects.toMatchObject({
      code: 'loader.drive-failed',
      message: expect.stringMatching(/has not taken it.*BOOTSEL/) as string,
    });
  });

  it('is given up when the signal fires', async () => {
    const waiting = findDrive(loaderOf(pico), {
      listDrives: () => Promise.resolve([]),
      signal: AbortSignal.timeout(50),
    });
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a UF2 file', () => {
  const changed = (at: number, value: number): Uint8Array => {
    const copy = Uint8Array.from(uf2);
    new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };

  it.each<[string, Uint8Array, RegExp]>([
    ['for a Pico 2', changed(512 + 28, 0xe48bff59), /RP2350 \(Arm, secure\) \(0xE48BFF59\).*RP2040/],
    ['for no family', changed(8, 0), /no family that it names/],
    ['with a block missing', uf2.slice(0, -512), /Block 0 of \d+ is missing/],
    ['with half a block', uf2.slice(0, -100), /blocks of 512 bytes/],
    ['with a damaged block', changed(512 + 508, 0), /Block 1 is none/],
    ['that writes into RAM', changed(12, 0x20000000), /0x20000000 to 0x20000100/],
    ['that is none', hex, /UF2 file/],
  ])('%s is refused by name', async (_, file, message) => {
    const drive = plugIn({ 'INFO_UF2.TXT': 'Board-ID: RPI-RP2\n' });
    await expect(writeDrive(pico, loaderOf(pico), file, { drive: drive.path })).rejects.toMatchObject({
      code: 'loader.wrong-image',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('the drive of a micro:bit', () => {
  const details = (id: string) => ({ 'DETAILS.TXT': `# DAPLink Firmware\r\nUnique ID: ${id}0000000000000000\r\n` });

  it('takes the Intel HEX, and shows itself again', async () => {
    const drive = plugIn(details('9900'), { reappears: {} });
    await writeDrive(microbit, loaderOf(microbit), hex, { listDrives: () => Promise.resolve([drive.path]) });
    expect(Buffer.compare(drive.taken!, hex)).toBe(0);
  });

  it('of the second version belongs to another board', async () => {
    const drive = plugIn(details('9906'));
    const writing = writeDrive(microbit, loaderOf(microbit), hex, { drive: drive.path });
    await expect(writing).rejects.toMatchObject({ code: 'loader.wrong-drive', details: { id: '9906' } });
  });

  it('that leaves a report of a failure is quoted', async () => {
    const fail = 'error: The hex file cannot be decoded.\r\ntype: user\r\n';
    const drive = plugIn(details('9900'), { reappears: { 'FAIL.TXT': fail } });
    const writing = writeDrive(microbit, loaderOf(microbit), hex, { drive: drive.path });
    await expect(writing).rejects.toMatchObject({
      code: 'loader.drive-failed',
      message: expect.stringContaining('cannot be decoded.; type: user') as string,
    });
  });

  it('gets no file that is damaged or does not fit', async () => {
    const drive = plugIn(details('9900'));
    const refused = async (file: Uint8Array): Promise<void> =>
      expect(writeDrive(microbit, loaderOf(microbit), file, { drive: drive.path })).rejects.toMatchObject({
        code: 'loader.wrong-image',
      });
    await refused(new TextEncoder().encode(new TextDecoder().decode(hex).replace(/:10(.)/, ':11$1')));
    await refused(uf2);
    await refused(new Uint8Array(readFileSync(imagePath(imageName(microbit)))));
    await refused(new Uint8Array(0));
    await refused(new Uint8Array(microbit.flashBytes + 1));
    expect(drive.taken).toBeUndefined();
  });
});

describe('the drives of a computer', () => {
  it('are the FAT file systems that Linux has mounted, spaces in their names too', () => {
    const mounts =
      '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/me/RPI-RP2 vfat rw 0 0\n/dev/sdc1 /run/media/me/NO\\040NAME vfat rw 0 0\n';
    expect(fatMounts(mounts)).toEqual(['/media/me/RPI-RP2', '/run/media/me/NO NAME']);
  });

  it('can be listed here', async () => {
    expect(Array.isArray(await systemDrives())).toBe(true);
  });
});
