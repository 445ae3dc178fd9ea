/** Firmware from the app: the bench, a real serial port, and the boot loader of an STM32 behind it. */
import { realpathSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FirmwareJob } from '../../desktop-app/src/common/contract/firmware.js';
import { openBench } from '../../desktop-app/src/services/bench/bench.js';
import { imageOf } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { PeerPort } from '../support/loaders/peer-port.js';
import { Stm32Peer } from '../support/loaders/stm32-peer.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('socat');
const image = readFileSync(imageOf('stm32f405'));
const sectors = [16384, 16384, 16384, 16384, 65536, ...new Array<number>(7).fill(131072)];

describe.skipIf(missing.length > 0)(titled('firmware from the app', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let bench: Awaited<ReturnType<typeof openBench>>;
  let told: FirmwareJob[];
  let port: PeerPort<Stm32Peer> | undefined;
  const flash = new Uint8Array(1 << 20).fill(0x5a);

  beforeEach(async () => {
    folder = await temporaryFolder();
    told = [];
    bench = await openBench(
      { stateFolder: folder.path },
      (event, data) => {
        if (event === 'firmwareJob') told.push(data as FirmwareJob);
      },
      () => Promise.resolve([]),
    );
    const chip = { chipId: 0x413, flashAddress: 0x08000000, flash, sectors, hasExtendedErase: true };
    port = await PeerPort.plugIn(folder.path, (send) => new Stm32Peer(chip, send, {}));
  });
  afterEach(async () => {
    await bench.close();
    await port?.unplug();
    await folder.dispose();
  });

  const write = (): Promise<undefined> =>
    Promise.resolve(bench.handlers.writeFirmware({ board: 'stm32f405', port: realpathSync(port!.path) }));

  it('is written and read back, and a board that does not say hello afterwards is said so', async () => {
    await write();
    await expect.poll(() => told.at(-1)?.waitsFor, { timeout: 30_000 }).toBe('hello');
    expect(Buffer.compare(flash.subarray(0, image.length), image)).toBe(0);
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([undefined, 'erase', 'write', 'verify']);
    await bench.handlers.cancelFirmware({});
    await expect.poll(() => told.at(-1)?.state).toBe('cancelled');
  });

  it('that is cancelled says that the board has none, and a second one beside it is refused', async () => {
    await write();
    await expect(async () => write()).rejects.toMatchObject({ code: 'app.not-now' });
    await expect.poll(() => told.at(-1)?.phase, { timeout: 30_000, interval: 5 }).toBe('write');
    await bench.handlers.cancelFirmware({});
    await expect.poll(() => told.at(-1)?.state).toBe('cancelled');
    expect(told.at(-1)?.isIncomplete).toBe(true);
  });

  it('is offered for every board that has an image and a way in', async () => {
    const boards = await bench.handlers.listFirmwareBoards({});
    expect(boards.map(({ board, way }) => `${board} ${way}`)).toEqual([
      'rp2040 drive',
      'microbit drive',
      'uno programmer',
      'mega programmer',
      'stm32f405 port',
    ]);
  });
});
