import { mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startQemuBoard } from '@adiabit/simulator/boards';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Device } from '../../desktop-app/src/common/contract/devices.js';
import type { FlashJob } from '../../desktop-app/src/common/contract/flashing.js';
import { boardEntry, imageOfBoard, qemuMachine } from '../support/board-files.js';
import { repeatableNumbers } from '../support/numbers.js';
import { dropFile, longestFrameGap } from '../support/page.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(19);
const circuit = (hidden: number) =>
  sampleCircuit(next, { widths: [784, hidden, 10], inputBits: 8, goldenVectors: 1 }).bytes;
/** A network for digits, and one that takes a while to write. */
const digits = circuit(128);
const wide = circuit(600);
const digestOf = (bytes: Uint8Array): string => toHex(bitstreamDigest(bytes));
/** The most that the page may stand still, on a computer that does other things, too. */
const STILL_MS = 1000;

let opened: TestStudio;
let page: Page;

/** Calls what is behind the page. */
async function ask<T>(method: string, params: object = {}): Promise<T> {
  const outcome = await opened.studio.services.call('bench', method, params);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value as T;
}
const devices = () => ask<readonly Device[]>('listDevices');
const activeDigest = ({ about }: Device): string | undefined =>
  about?.activeSlot === undefined ? undefined : about.slots[about.activeSlot].digest;

async function openFlash(options: Parameters<typeof openTestStudio>[0] = {}): Promise<void> {
  opened = await openTestStudio(options);
  page = await opened.openPage();
  await page.getByRole('tab', { name: 'Flash' }).click();
}
const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('checkbox', { name }) });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const drop = async (name: string, bytes: Uint8Array): Promise<void> => {
  await dropFile(page, name, bytes);
  await page
    .getByRole('radio', { name: new RegExp(name) })
    .and(page.locator(':checked'))
    .waitFor();
};
/** Waits until something of a bitstream is written. */
const midway = (name: string) =>
  row(name).getByRole('progressbar').and(page.locator(':not([aria-valuenow="0"])')).waitFor();

const missing = missingTools('chromium');

describe.skipIf(missing.length > 0)(titled('the Flash view in Chromium', missing), () => {
  afterEach(async () => {
    const { complaints } = opened;
    await opened.close();
    expect(complaints).toEqual([]);
  });

  describe('with an emulated Pico', () => {
    const pico = 'Raspberry Pi Pico 1';
    beforeEach(async () => {
      await openFlash({ emulatedBoard: 'rp2040' });
      await drop('digits.abit', digits);
      await row(pico).getByText('into slot 0, which is empty').waitFor();
      await button('Flash').click();
      await row(pico).getByText('Slot 0 runs it and boots').waitFor();
    });

    it('keeps the old bitstream when it is unplugged in mid-write, and takes the new one afterwards', async () => {
      await drop('wide.abit', wide);
      await button('Flash').click();
      await midway(pico);
      await ask('unplugEmulatedBoard', { device: 'emulated:1' });
      await row(pico).getByText('was unplugged. Plug it in again to go on.').waitFor();
      await button(`Plug in ${pico}`).click();
      await button(`Retry ${pico}`).waitFor();
      expect(activeDigest(await ask('connectDevice', { device: 'emulated:1' }))).toBe(digestOf(digits));
      await button(`Retry ${pico}`).click();
      await row(pico).getByText('Slot 1 runs it and boots').waitFor();
      expect((await devices()).map(activeDigest)).toEqual([digestOf(wide)]);
    });

    it('keeps the old bitstream when the write is cancelled by Esc, and says so', async () => {
      await drop('wide.abit', wide);
      await button('Flash').click();
      await midway(pico);
      await page.keyboard.press('Escape');
      await row(pico).getByText('Slot 0 boots.').waitFor();
      expect((await devices()).map(activeDigest)).toEqual([digestOf(digits)]);
    });

    it('goes on after the process of the bench was killed in mid-write, with what was on the board', async () => {
      await drop('wide.abit', wide);
      await button('Flash').click();
      await midway(pico);
      const { pid } = opened.studio.services.processOf('bench')!;
      const gapMs = await longestFrameGap(page, async () => {
        process.kill(pid!, 'SIGKILL');
        await row(pico).getByText('The process of the bench ended (SIGKILL).').waitFor();
        await button(`Retry ${pico}`).waitFor();
      });
      expect(gapMs).toBeLessThan(STILL_MS);
      expect(activeDigest(await ask('connectDevice', { device: 'emulated:1' }))).toBe(digestOf(digits));
      await button(`Retry ${pico}`).click();
      await row(pico).getByText('Slot 1 runs it and boots').waitFor();
    });
  });

  const noQemu = missingTools('qemu-system-arm');
  it.skipIf(noQemu.length > 0)(
    titled('does the same with a micro:bit in QEMU, over its pseudo terminal', noQemu),
    async () => {
      const image = await readFile(imageOfBoard(boardEntry('microbit')));
      // Ports are asked for by names in /dev alone. This one stays while its terminal changes, as a cable's does.
      const folder = await mkdtemp('/dev/shm/adiabit-');
      const path = join(folder, 'microbit');
      let board = await startQemuBoard(qemuMachine('microbit'), { image });
      await openFlash();
      try {
        await symlink(board.path, path);
        const { id } = await ask<Device>('addPort', { path });
        await ask('renameDevice', { device: id, name: 'micro:bit' });
        await drop('digits.abit', digits);
        await row('micro:bit').getByText('into slot 0, which is empty').waitFor();
        await button('Flash').click();
        await row('micro:bit').getByText('Slot 0 runs it and boots').waitFor();
        await drop('wide.abit', wide);
        await button('Flash').click();
        await midway('micro:bit');
        const flash = await board.readFlash();
        await rm(path);
        await board.close();
        await row('micro:bit').getByText('Check the cable').waitFor();
        board = await startQemuBoard(qemuMachine('microbit'), { image, flash });
        await symlink(board.path, path);
        // It is found by itself.
        await button('Retry micro:bit').waitFor();
        expect(activeDigest(await ask('connectDevice', { device: id }))).toBe(digestOf(digits));
        await button('Retry micro:bit').click();
        await row('micro:bit').getByText('Slot 1 runs it and boots').waitFor();
      } finally {
        await board.close();
        await rm(folder, { recursive: true });
      }
    },
  );

  const noHost = missingTools(...HOST_TOOLS, 'socat');
  describe.skipIf(noHost.length > 0)(titled('with pseudo terminals', noHost), () => {
    let folder: string;
    let terminals: readonly PseudoTerminal[];
    beforeEach(async () => {
      // Ports are asked for by names in /dev alone.
      folder = await mkdtemp('/dev/shm/adiabit-');
      terminals = [];
      await openFlash();
    });
    afterEach(async () => {
      await Promise.all(terminals.map((terminal) => terminal.unplug()));
      await rm(folder, { recursive: true, force: true });
    });
    const plugIn = async (count: number): Promise<readonly string[]> => {
      terminals = Array.from({ length: count }, (_, index) => new PseudoTerminal(join(folder, `port${index + 1}`)));
      await Promise.all(terminals.map((terminal, index) => terminal.plugInDevice(join(folder, `flash${index}`))));
      const added = await Promise.all(terminals.map(({ path }) => ask<Device>('addPort', { path })));
      return added.map(({ name }) => name);
    };

    it('writes eight devices at once; one that is unplugged hurts no other, and is written when it is back', async () => {
      const names = await plugIn(8);
      await drop('wide.abit', wide);
      const tookMs = async (label: string): Promise<number> => {
        const before = (await ask<readonly FlashJob[]>('listFlashJobs')).length;
        await button(label).click();
        await expect.poll(() => lastJobs(before), { timeout: 60_000 }).toMatch(/^(done )+$/);
        const jobs = (await ask<readonly FlashJob[]>('listFlashJobs')).slice(before);
        return Math.max(...jobs.map(({ startedMs, endedMs = Infinity }) => endedMs - startedMs));
      };
      const lastJobs = async (before: number): Promise<string> =>
        (await ask<readonly FlashJob[]>('listFlashJobs'))
          .slice(before)
          .map(({ state }) => `${state} `)
          .join('');
      const aloneMs = await tookMs('Flash');
      await page.getByRole('checkbox', { name: 'all 8' }).check();
      const allMs = await tookMs('Flash 8 devices');
      console.log(`one device alone: ${aloneMs} ms; the slowest of eight at once: ${allMs} ms`);
      expect((await devices()).map(activeDigest)).toEqual(names.map(() => digestOf(wide)));

      await drop('digits.abit', circuit(1200));
      await row(names[7]).getByText('into slot').waitFor();
      // One that hangs hurts no other, and neither does pulling it.
      terminals[2].freeze();
      await button('Flash 8 devices').click();
      for (const name of names.filter((_, index) => index !== 2))
        await row(name).getByText('runs it and boots').waitFor();
      await terminals[2].unplug();
      await row(names[2]).getByText('Check the cable').waitFor();
      await terminals[2].plugInDevice(join(folder, 'flash2'));
      await button(`Retry ${names[2]}`).click();
      await row(names[2]).getByText('runs it and boots').waitFor();
    });

    it('says what is wrong with a line full of noise, and answers all the time', async () => {
      const terminal = new PseudoTerminal(join(folder, 'noise'));
      terminals = [terminal];
      const script = join(folder, 'noise.sh');
      await writeFile(script, 'while head -c 50000 /dev/urandom; do sleep 0.05; done');
      await terminal.plugIn(`EXEC:sh ${script}`);
      const gapMs = await longestFrameGap(page, async () => {
        const added = ask<Device>('addPort', { path: terminal.path });
        const from = performance.now();
        await page.getByRole('tab', { name: 'Overview' }).click();
        await page.getByRole('tab', { name: 'Flash' }).click();
        console.log(`two clicks under noise: ${Math.round(performance.now() - from)} ms`);
        expect((await added).state).toMatchObject({ kind: 'refused', error: { code: 'protocol.unexpected-reply' } });
      });
      console.log(`longest frame under noise: ${Math.round(gapMs)} ms`);
      expect(gapMs).toBeLessThan(STILL_MS);
      await row(terminal.path).getByText('No Adiabit firmware answers').waitFor();
      await page.getByRole('log').getByText('noise').first().waitFor();
    });
  });

  it('refuses files that are no bitstreams, before it reads what is too large', async () => {
    await openFlash();
    await dropFile(page, 'cut.abit', digits.subarray(0, 5000));
    await page.getByRole('alert').filter({ hasText: 'ends after' }).waitFor();
    await dropFile(
      page,
      'picture.png',
      Uint8Array.from({ length: 9000 }, () => next(256)),
    );
    await page.getByRole('alert').filter({ hasText: 'not' }).first().waitFor();
    await dropFile(
      page,
      'flipped.abit',
      Uint8Array.from(digits, (byte, index) => (index === 9000 ? byte ^ 4 : byte)),
    );
    const sparse = join(opened.stateFolder, 'large.abit');
    const file = await open(sparse, 'w');
    await file.truncate(2 * 2 ** 30);
    await file.close();
    const gapMs = await longestFrameGap(page, async () => {
      await page.getByLabel('Open bitstreams').first().setInputFiles(sparse);
      await page.getByRole('alert').filter({ hasText: 'large.abit has 2.15 GB' }).waitFor();
    });
    expect(gapMs).toBeLessThan(STILL_MS);
    expect(await page.getByRole('radio').count()).toBe(0);
  });

  it('lists fifty devices that appear at once, and the last of them can be reached', async () => {
    const stateFolder = await mkdtemp('/dev/shm/adiabit-');
    const ports = Array.from({ length: 50 }, (_, index) => `/dev/ttyNothing${index + 1}`);
    await writeFile(join(stateFolder, 'bench.json'), JSON.stringify({ emulated: [], ports, names: {}, known: [] }));
    await openFlash({ stateFolder });
    const gapMs = await longestFrameGap(page, async () => {
      await page.getByRole('checkbox', { name: 'all 50' }).check();
      await row(ports[49]).getByRole('button', { name: 'Connect' }).click();
      await row(ports[49]).getByText('There is no port /dev/ttyNothing50').waitFor();
    });
    console.log(`longest frame with fifty devices: ${Math.round(gapMs)} ms`);
    expect(gapMs).toBeLessThan(STILL_MS);
    await page.getByRole('navigation').getByRole('button', { name: ports[49] }).click();
    await page.getByRole('heading', { name: ports[49] }).first().waitFor();
    await rm(stateFolder, { recursive: true });
  });
});
