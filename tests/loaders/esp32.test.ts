/** The boot loader of an ESP32-C3, spoken to by esptool-js over a real serial port. */
import type { BindingInterface, SetOptions } from '@serialport/bindings-interface' with {
  'resolution-mode': 'require',
};
import type { LoaderOf } from '@adiabit/sdk/boards';
import { writeEsp32, type Esp32Options, type LoaderProgress } from '@adiabit/sdk/loaders';
import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boardEntry } from '../support/board-files.js';
import { temporaryFolder } from '../support/host-device.js';
import { Esp32Peer, type Esp32Faults } from '../support/loaders/esp32-peer.js';
import { PeerPort } from '../support/loaders/peer-port.js';
import { repeatableNumbers } from '../support/numbers.js';
import { missingTools, titled } from '../support/tools.js';

const loader = boardEntry('esp32c3').loader as LoaderOf<'esptool'>;
const next = repeatableNumbers(7);
/** It begins as firmware does that the ROM runs in place, and does not compress. */
const image = Uint8Array.from({ length: 50_001 }, (_, index) => [0x1d, 0x04, 0xdb, 0xae][index] ?? next(256));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let port: PeerPort<Esp32Peer> | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await port?.unplug();
  port = undefined;
  await folder.dispose();
});

async function plugIn(faults: Esp32Faults = {}): Promise<Esp32Peer> {
  port = await PeerPort.plugIn(folder.path, (send) => new Esp32Peer(send, faults));
  return port.peer;
}
const write = (options: Esp32Options = {}) => writeEsp32(port!.path, loader, image, options);

const missing = missingTools('socat');

describe.skipIf(missing.length > 0)(titled('the boot loader of an ESP32-C3', missing), () => {
  it('gets the image, and nothing is printed', { timeout: 20_000 }, async () => {
    const printing = [vi.spyOn(process.stdout, 'write'), vi.spyOn(console, 'log')];
    const chip = await plugIn();
    const seen: LoaderProgress[] = [];
    expect(await write({ onProgress: (progress) => seen.push(progress) })).toEqual({ bytes: image.length });
    expect(chip.faults).toEqual([]);
    expect(Buffer.compare(chip.flash.subarray(0, image.length), image)).toBe(0);
    expect(chip.flash[65536]).toBe(0x5a);
    expect(chip.loadedAt.length).toBeGreaterThan(0);
    expect(seen.at(-1)).toMatchObject({ phase: 'verify', bytes: image.length });
    expect(seen.some(({ phase, bytesPerSecond }) => phase === 'write' && (bytesPerSecond ?? 0) > 0)).toBe(true);
    for (const spy of printing) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('is entered and left by the lines for modem control', { timeout: 20_000 }, async () => {
    await plugIn();
    const set: SetOptions[] = [];
    const system: BindingInterface = SerialPort.binding;
    const binding: BindingInterface = {
      list: () => system.list(),
      open: async (options) => {
        const opened = await system.open(options);
        opened.set = (lines) => {
          set.push(lines);
          return Promise.resolve();
        };
        return opened;
      },
    };
    await write({ binding });
    // Reset is RTS, the boot button DTR. The last reset runs the program: the button is not held then.
    const lines = set.map(({ dtr, rts }) => (dtr === true ? 'boot ' : '') + (rts === true ? 'reset' : ''));
    expect(lines.slice(0, 3)).toEqual(['reset', 'boot ', '']);
    expect(lines.slice(3).filter((line, index, all) => line !== all[index - 1])).toEqual(['reset', '']);
  });

  it('that does not understand a block is sent it again', { timeout: 20_000 }, async () => {
    const chip = await plugIn({ refuses: (block) => block === 1 });
    await write();
    expect(Buffer.compare(chip.flash.subarray(0, image.length), image)).toBe(0);
  });

  it.each<[string, Esp32Faults, string, RegExp]>([
    ['another chip', { chipId: 13 }, 'loader.wrong-chip', /ESP32-C6.*ESP32-C3/],
    ['a byte that stays', { wornAt: 1000 }, 'loader.verify-failed', /MD5/],
    ['a block that is always refused', { refuses: () => true }, 'loader.refused', /write again/],
    ['power that goes in mid-write', { powerOffAfterBlocks: 2 }, 'loader.refused', /write again/],
    ['a chip that runs its program', { isRunning: true }, 'loader.no-answer', /hold the button BOOT/],
  ])('says what is wrong: %s', { timeout: 60_000 }, async (_, faults, code, message) => {
    await plugIn(faults);
    await expect(write()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('is left when the signal fires, also while nothing answers', { timeout: 20_000 }, async () => {
    await plugIn({ isRunning: true });
    const before = performance.now();
    await expect(write({ signal: AbortSignal.timeout(300) })).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('whose cable is pulled is disconnected', { timeout: 20_000 }, async () => {
    await plugIn();
    const onProgress = ({ bytes }: LoaderProgress): void => {
      if (bytes > 0) void port!.unplug();
    };
    await expect(write({ onProgress })).rejects.toMatchObject({ code: 'transport.disconnected' });
  });
});

it('a port that is not there is not found', async () => {
  await expect(writeEsp32('/dev/adiabit-nothing', loader, image)).rejects.toMatchObject({
    code: 'transport.not-found',
  });
  await expect(writeEsp32('/dev/adiabit-nothing', loader, new Uint8Array(0))).rejects.toMatchObject({
    code: 'loader.wrong-image',
  });
});
