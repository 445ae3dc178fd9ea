import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flipBitInProcess, placeOfWeight } from '../support/flipped-bit.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const digitsFile = fileURLToPath(new URL('../../examples/circuit-regression/digits.abit', import.meta.url));
const missing = missingTools('chromium');

async function callService(
  { studio }: TestStudio,
  service: 'bench' | 'lab',
  method: string,
  params: object,
): Promise<unknown> {
  const outcome = await studio.services.call(service, method, params);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

/** Adds the digits to the library, as a file that is dropped. */
const addDigits = async (opened: TestStudio): Promise<unknown> =>
  callService(opened, 'lab', 'addToLibrary', {
    fileName: 'digits.abit',
    bytes: new Uint8Array(await readFile(digitsFile)),
  });

async function openLive(opened: TestStudio): Promise<Page> {
  const page = await opened.openPage();
  await page.getByRole('tab', { name: 'Live' }).click();
  return page;
}

/** Draws a line from corner to corner, in shares of the pad, with the mouse. */
async function draw(page: Page, ...corners: readonly (readonly [x: number, y: number])[]): Promise<void> {
  const box = (await page.getByLabel('Drawing pad').boundingBox())!;
  const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(corners[0]));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 10 });
  await page.mouse.up();
}

const SEVEN = [
  [0.28, 0.22],
  [0.72, 0.22],
  [0.45, 0.85],
] as const;

/** The integers of a column of the outputs, by class. */
const integers = async (page: Page, column: 'Device' | 'Simulator'): Promise<readonly number[]> => {
  const cells = await page.locator(`.bars tbody td:nth-child(${column === 'Device' ? 3 : 4})`).allInnerTexts();
  return cells.map((text) => Number(text.replace(/[^\d-]/g, '')));
};

const classBy = (page: Page, who: 'device' | 'simulator' | 'circuit'): Promise<string> =>
  page.locator(`[data-who=${who}] .class`).innerText();

describe.skipIf(missing.length > 0)(titled('Live in Chromium', missing), () => {
  let opened: TestStudio;
  let page: Page;

  beforeAll(async () => {
    opened = await openTestStudio({ emulatedBoard: 'rp2040' });
    page = await openLive(opened);
  });
  afterAll(() => opened.close());

  it('says that the device runs nothing, and flashes what the library has', async () => {
    await page.getByText('runs no circuit').waitFor();
    await addDigits(opened);
    await page.getByRole('button', { name: 'Flash mnist-both' }).click();
    await page.getByLabel('Drawing pad').waitFor({ timeout: 60_000 });
  });

  it('shows a drawn 7 to the device, its simulator and the circuit: all say 7, with the same integers', async () => {
    await draw(page, ...SEVEN);
    await page.locator('[data-who=device] .class', { hasText: '7' }).waitFor();
    // The last of the drawing is asked when the pen is up.
    await page.waitForTimeout(500);
    expect([await classBy(page, 'device'), await classBy(page, 'simulator')]).toEqual(['7', '7']);
    expect(await integers(page, 'Device')).toEqual(await integers(page, 'Simulator'));
    expect(new Set(await integers(page, 'Device')).size).toBeGreaterThan(5);
    await page.getByRole('button', { name: 'Simulate cycles' }).click();
    await page.locator('[data-who=circuit]', { hasText: /\d cycles/ }).waitFor();
    expect(await classBy(page, 'circuit')).toBe('7');
    expect(await page.getByRole('alert').count()).toBe(0);
    // The device tells its layers too, and they are equal.
    await page.getByLabel('Layer 0, device').waitFor();
    expect(await page.getByLabel('Layers').innerText()).not.toContain('≠');
  });

  it('runs 50 test examples from the keyboard, with a confusion matrix whose cells show examples', async () => {
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Space');
    const bar = page.getByRole('progressbar', { name: 'Examples classified' });
    await expect.poll(() => bar.getAttribute('aria-valuenow'), { timeout: 60_000 }).toBe('50');
    const matrix = page.getByRole('table', { name: 'Confusion matrix' });
    const counts = (await matrix.getByRole('button').allInnerTexts()).map(Number);
    expect(counts).toHaveLength(100);
    expect(counts.reduce((sum, count) => sum + count)).toBe(50);
    const right = counts.filter((_, cell) => cell % 11 === 0).reduce((sum, count) => sum + count);
    expect(right).toBeGreaterThan(45);
    expect(await page.getByLabel('Run of the test set').innerText()).toContain(`${(2 * right).toFixed(1)} %`);
    expect(await page.getByLabel('Run of the test set').innerText()).toMatch(/differ\s+none/);
    await matrix.getByRole('button', { name: '0 taken for 0' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByText('It is 1.').waitFor();
    expect(await classBy(page, 'device')).toBe('1');
  });

  it('keeps the page free for drawing while it plays: no task of more than 50 ms of processor time', async () => {
    await page.getByLabel('the first').selectOption('10000');
    const browser = page.context().browser()!;
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await page
      .getByRole('button', { name: 'Run test set' })
      .or(page.getByRole('button', { name: 'Go on' }))
      .click();
    await page.waitForTimeout(3000);
    await page.getByRole('button', { name: 'Stop' }).click();
    const trace = JSON.parse((await browser.stopTracing()).toString()) as {
      readonly traceEvents: readonly TraceEvent[];
    };
    const longest = longestTaskMs(trace.traceEvents);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(50);
  });

  it('reads a circuit back that the library does not have, and goes on with it', async () => {
    const [{ id }] = (await callService(opened, 'lab', 'listLibrary', {})) as readonly { readonly id: string }[];
    await callService(opened, 'lab', 'removeFromLibrary', { entry: id });
    await page.getByText('The library does not have what').waitFor();
    await page.getByRole('button', { name: 'Read it from the device' }).click();
    await page.getByLabel('Run of the test set').waitFor();
    const again = (await callService(opened, 'lab', 'listLibrary', {})) as readonly { readonly id: string }[];
    expect(again.map((one) => one.id)).toEqual([id]);
  });

  it('says that a device which is unplugged is gone, and lets the simulator answer alone', async () => {
    const [{ id }] = (await callService(opened, 'bench', 'listDevices', {})) as readonly { readonly id: string }[];
    await callService(opened, 'bench', 'unplugEmulatedBoard', { device: id });
    await page.getByText('is gone.').waitFor();
    await page.getByRole('button', { name: 'Draw' }).click();
    await draw(page, ...SEVEN);
    await page.locator('[data-who=simulator] .class', { hasText: '7' }).waitFor();
    expect(await classBy(page, 'device')).toBe('–');
    expect(opened.complaints).toEqual([]);
  });
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

/** Returns the processor time of the longest task of the page's main thread: the machine's other work is not the page's. */
function longestTaskMs(events: readonly TraceEvent[]): number {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`),
  );
  const tasks = events.filter(({ ph, pid, tid }) => ph === 'X' && mains.has(`${pid}:${tid}`));
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

const missingHere = missingTools('chromium', 'socat', ...HOST_TOOLS);

describe.skipIf(missingHere.length > 0)(titled('Live beside a device with a flipped bit', missingHere), () => {
  let opened: TestStudio;
  let terminal: PseudoTerminal;

  beforeAll(async () => {
    opened = await openTestStudio();
    terminal = new PseudoTerminal(join(opened.stateFolder, 'port'));
    await terminal.plugInDevice(join(opened.stateFolder, 'host.flash'));
  });
  afterAll(async () => {
    await opened.close();
    await terminal.unplug();
  });

  it('raises an alarm that names layer, neuron, input and both integers, counts, and stays until it is dismissed', async () => {
    const page = await openLive(opened);
    await addDigits(opened);
    const path = await realpath(terminal.path);
    await callService(opened, 'bench', 'addPort', { path });
    await page.getByRole('button', { name: path }).click();
    await page.getByRole('button', { name: 'Flash mnist-both' }).click();
    await page.getByLabel('Drawing pad').waitFor({ timeout: 60_000 });

    await page.getByRole('button', { name: 'Examples' }).click();
    await page.locator('[data-who=device] .class', { hasText: '7' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);

    const bytes = new Uint8Array(await readFile(digitsFile));
    const { offset, mask } = placeOfWeight(bytes, -1, 3);
    expect(await flipBitInProcess(await terminal.programId(), bytes, offset, mask)).toBeGreaterThan(0);

    await page.getByRole('button', { name: 'Next' }).click();
    const alarm = page.getByRole('alert');
    await alarm.waitFor();
    const words = await alarm.innerText();
    expect(words).toContain('First at layer 1 (dense), neuron 3');
    expect(words).toContain('example 1');
    const [device, simulator] = [(await integers(page, 'Device'))[3], (await integers(page, 'Simulator'))[3]];
    // A weight of the other sign counts twice, in the units of outputs, which are shifted by one bit.
    expect(Math.abs(device - simulator)).toBe(4);
    expect(words).toMatch(new RegExp(`device\\s+${device}\\s+simulator\\s+${simulator}`));

    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('in 2 inputs so far').waitFor();
    await page.getByRole('button', { name: 'Draw' }).click();
    expect(await alarm.count()).toBe(1);
    await alarm.getByRole('button', { name: 'Dismiss' }).click();
    expect(await alarm.count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });
});
