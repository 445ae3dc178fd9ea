import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { parse } from 'vcd-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitstreamOf, decodeBitstream, encodeBitstream, type Bitstream } from '@adiabit/simulator';
import { getBit } from '@adiabit/simulator/bits';
import { recordInference } from '@adiabit/simulator/analysis';
import { isBinary } from '@adiabit/simulator/network';
import { circuitOf, reportOf, type BuiltCircuit } from '@adiabit/sdk/compile';
import { boardFits } from '@adiabit/sdk/workflow';
import { smallCircuit } from '../support/eda.js';
import { repeatableNumbers } from '../support/numbers.js';
import { goldenVectorsOf, smallPictureNetwork } from '../support/small-picture-network.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');

const dense = smallCircuit('small', [25, 8, 4], 3).bytes;
const network = smallPictureNetwork();
const pictures = encodeBitstream(
  bitstreamOf(network, { name: 'small-pictures', modelDigest: '00', compiler: 'tests' }, goldenVectorsOf(network, 3)),
);
const digits = fileURLToPath(new URL('../../examples/circuit-regression/digits.abit', import.meta.url));

/** The values of ports in every cycle, as the reference engine has them. */
async function portValues(
  { circuit }: BuiltCircuit,
  input: Uint8Array,
): Promise<ReadonlyMap<string, readonly bigint[]>> {
  const ports = [...circuit.netlist.inputs, ...circuit.netlist.outputs, ...circuit.netlist.probes];
  const values = new Map(ports.map(({ name }) => [name, [] as bigint[]]));
  await recordInference(circuit, input, (_cycle, nets) => {
    for (const { name, nets: own, signed } of ports) {
      const bits = [...own].reduce((sum, net, bit) => sum | (BigInt(nets[net]) << BigInt(bit)), 0n);
      values.get(name)!.push(signed ? BigInt.asIntN(own.length, bits) : bits);
    }
  });
  return values;
}

describe.skipIf(missing.length > 0)(titled('the circuit view in Chromium', missing), () => {
  let opened: TestStudio;
  let page: Page;

  async function add(fileName: string, bytes: Uint8Array): Promise<string> {
    const added = await opened.studio.services.call('lab', 'addToLibrary', { fileName, bytes });
    if (!added.ok) throw new Error(added.error.message);
    return (added.value as { readonly id: string }).id;
  }
  const open = async (name: string): Promise<void> => {
    await page.getByRole('navigation').getByRole('button', { name }).click();
    await page.getByRole('tab', { name: 'Circuit' }).click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await page.getByRole('region', { name: 'Waveform' }).waitFor();
  };
  const fact = (name: string): Promise<string> =>
    page.getByRole('region', { name: 'Facts' }).locator('dl > div', { hasText: name }).locator('dd').innerText();
  const number = (text: string): number => Number(text.replace(/[^\d.-]/g, ''));

  beforeAll(async () => {
    opened = await openTestStudio();
    await add('small.abit', dense);
    await add('pictures.abit', pictures);
    page = await opened.openPage();
  });
  afterAll(async () => {
    await opened.close();
  });

  it.each([
    ['sample', dense],
    ['small-pictures', pictures],
  ])('shows the facts of %s as the compiler and the table of boards have them', async (name, bytes) => {
    await open(name);
    const bitstream = decodeBitstream(bytes);
    const report = reportOf(circuitOf(bitstream));
    expect(await fact('Form')).toBe(report.form === 'folded' ? 'folded' : 'unrolled');
    expect(number(await fact('Gates'))).toBe(report.gates);
    expect(number(await fact('Latency'))).toBe(report.timing.latency);
    expect(number(await fact('Initiation interval'))).toBe(report.timing.initiationInterval);
    expect(number(await fact('Golden vectors'))).toBe(bitstream.goldenVectors.length);
    const cells = await page.locator('.cells span').allInnerTexts();
    for (const [kind, count] of Object.entries(report.cells).filter(([, one]) => one > 0)) {
      expect(cells).toContain(`${count.toLocaleString('en-US')} ${kind}`);
    }
    const rows = await page.getByRole('region', { name: 'Boards' }).getByRole('row').allInnerTexts();
    const { boards } = boardFits(bitstream, bytes.length);
    expect(rows.slice(1).map((row) => row.includes('✓'))).toEqual(boards.map(({ lacks }) => lacks.length === 0));
    expect(opened.complaints).toEqual([]);
  });

  it('goes by keyboard from the layers to a neuron and its cells, and back', async () => {
    await open('sample');
    await page
      .getByRole('region', { name: 'Layers' })
      .getByRole('button', { name: /^0 dense/ })
      .focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.locator('.tiles').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'neuron 3' }).waitFor();
    const schematic = page.getByRole('region', { name: 'Schematic of layer0.neuron3' });
    await schematic.waitFor();
    await schematic
      .getByRole('button', { name: /products|xnor/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /Schematic of (layer0.neuron3.products|n\d+ in )/ }).waitFor();
    for (const here of ['neuron 3', 'layer 0']) {
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('.path [aria-current=true]').innerText()).toBe(here);
    }
    await page.keyboard.press('Escape');
    await page.getByText('Choose a layer').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  /** The colours of the weights of a neuron, one in the middle of each, row by row. What runs in the page is text: here is no DOM. */
  const colours = (columns: number, rows: number): Promise<readonly string[]> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('canvas.tile');
      const context = canvas.getContext('2d');
      const at = (index, count, size) => Math.floor(((index + 0.5) * size) / count);
      return Array.from({ length: ${columns * rows} }, (_, index) => {
        const x = at(index % ${columns}, ${columns}, canvas.width);
        const y = at(Math.floor(index / ${columns}), ${rows}, canvas.height);
        const bytes = [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
        return '#' + bytes.map((value) => value.toString(16).padStart(2, '0')).join('');
      });
    })()`);
  const token = (name: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`);

  async function openRow(layer: RegExp, row: number): Promise<void> {
    await page.getByRole('region', { name: 'Layers' }).getByRole('button', { name: layer }).click();
    await page.locator('.tiles').focus();
    await page.keyboard.press('Home');
    for (let at = 0; at < row; at++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator(`canvas.tile[data-row="${row}"]`).waitFor();
  }

  it('paints binary weights in two colours, bit by bit, as the picture that the input is', async () => {
    await open('sample');
    const [layer] = decodeBitstream(dense).network.layers;
    if (layer.kind !== 'dense' || !isBinary(layer.weights)) throw new Error('the sample is dense and binary');
    const { weights } = layer;
    const [plus, minus] = [await token('--weight-plus'), await token('--weight-minus')];
    for (const row of [0, 5, 7]) {
      await openRow(/^0 dense/, row);
      const expected = Array.from({ length: 25 }, (_, index) => (getBit(weights, row, index) === 1 ? plus : minus));
      expect(await colours(5, 5)).toEqual(expected);
    }
  });

  it('paints kernels of 8-bit weights in grey, the larger the lighter, a channel beside the other', async () => {
    await open('small-pictures');
    const [layer] = network.layers;
    if (layer.kind !== 'convolution' || isBinary(layer.weights)) throw new Error('the first layer has bytes');
    await openRow(/^0 convolution/, 2);
    const seen = await colours(7, 3);
    const brightness = (weight: number): number => {
      const [channel, position] = [weight % 2, Math.floor(weight / 2)];
      const pixel = seen[Math.floor(position / 3) * 7 + channel * 4 + (position % 3)];
      return Number.parseInt(pixel.slice(1, 3), 16);
    };
    const values = layer.weights.values.slice(2 * 18, 3 * 18);
    const order = [...values.keys()].sort((one, other) => values[one] - values[other]);
    for (let at = 1; at < order.length; at++) {
      expect(brightness(order[at])).toBeGreaterThanOrEqual(brightness(order[at - 1]));
    }
    expect(brightness(order[17])).toBeGreaterThan(brightness(order[0]) + 60);
  });

  const bitstreams: Readonly<Record<string, Bitstream>> = {
    sample: decodeBitstream(dense),
    'small-pictures': decodeBitstream(pictures),
  };

  it.each(Object.keys(bitstreams))(
    'shows at a marker what the reference engine has in that cycle, of %s',
    async (name) => {
      await open(name);
      const bitstream = bitstreams[name];
      const built = circuitOf(bitstream);
      await page.getByRole('spinbutton', { name: /Number of the golden vector/ }).fill('1');
      await page.keyboard.press('Enter');
      await page.getByRole('application', { name: /Waveform/ }).waitFor();
      const values = await portValues(built, bitstream.goldenVectors[1].input);
      const plot = page.getByRole('application', { name: /Waveform/ });
      const at = async (signal: string): Promise<bigint> =>
        BigInt(await page.getByRole('status', { name: `${signal} at A`, exact: true }).innerText());
      const signals = ['valid', 'class_index', 'y0', 'y1'];
      const { latency } = built.circuit.timing;
      const next = repeatableNumbers(7);
      await plot.focus();
      await page.keyboard.press('End');
      let cycle = latency;
      for (let tries = 0; tries < 12; tries++) {
        for (const signal of signals) expect(await at(signal)).toBe(values.get(signal)![cycle]);
        const back = Math.min(cycle, 1 + next(4));
        for (let step = 0; step < back; step++) await page.keyboard.press('ArrowLeft');
        cycle -= back;
      }
      expect(opened.complaints).toEqual([]);
    },
  );

  it('tells how far two markers are apart, in cycles and in time at a clock', async () => {
    await open('sample');
    await page.getByRole('application', { name: /Waveform/ }).focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    for (let step = 0; step < 5; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('spinbutton', { name: 'Clock in MHz' }).fill('16');
    await page.keyboard.press('Tab');
    expect(await page.getByRole('status', { name: 'B minus A' }).innerText()).toBe('B − A = 5 cycles = 312.5 ns');
  });

  it('gives a VCD with the values that the reference engine has, and any net that was added', async () => {
    await open('sample');
    await page.getByRole('combobox', { name: /Add a signal/ }).fill('layer0.fires');
    await page.getByRole('option', { name: 'layer0.fires' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('status', { name: 'layer0.fires at A' }).waitFor();
    await page.getByRole('spinbutton', { name: /Number of the golden vector/ }).fill('0');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save VCD' }).click(),
    ]);
    const { signal } = await parse(await readFile(await download.path(), 'utf8'));
    const bitstream = bitstreams['sample'];
    const built = circuitOf(bitstream);
    const values = await portValues(built, bitstream.goldenVectors[0].input);
    for (const name of ['valid', 'class_index', 'y0', 'y3', 'layer0.fires']) {
      const own = signal.find((one) => one.name.replace(/\[.*\]$/, '') === `circuit.${name}`);
      const width = built.circuit.netlist.outputs.find((port) => port.name === name)?.nets.length ?? 8;
      values.get(name)!.forEach((value, cycle) => {
        const [, bits] = own!.wave.findLast(([time]) => Number(time) <= cycle * 10)!;
        expect(BigInt(`0b${bits.replace(/^b/, '')}`)).toBe(BigInt.asUintN(width, value));
      });
    }
  });

  it('opens a circuit of 0.6 million gates within seconds, and keeps the page free while it does', async () => {
    await add('digits.abit', await readFile(digits));
    await page.evaluate(`
      window.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longTasks.push(duration);
      }).observe({ type: 'longtask' });
    `);
    const startMs = performance.now();
    await open('mnist-both');
    await openRow(/^0 dense/, 1);
    await page.getByRole('region', { name: 'Schematic of layer0.neuron1' }).waitFor();
    const seconds = (performance.now() - startMs) / 1000;
    const longest = await page.evaluate<number>('Math.max(0, ...window.longTasks)');
    console.log(`opened in ${seconds.toFixed(1)} s, longest task ${longest.toFixed(0)} ms`);
    expect(seconds).toBeLessThan(20);
    // What a busy computer makes of 50 ms.
    expect(longest).toBeLessThan(200);
    expect(opened.complaints).toEqual([]);
  });

  it('stops a simulation when it is asked to, and simulates again after that', async () => {
    await open('mnist-both');
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/cancelled/i).waitFor();
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.getByRole('application', { name: /Waveform/ }).waitFor();
  });

  it('refuses values that the input cannot have, and says which they may be', async () => {
    await open('sample');
    await page.getByLabel('Input', { exact: true }).selectOption('given');
    const values = page.getByLabel(/^Values of the input/);
    for (const [given, wrong] of [
      ['1 2 999', '999'],
      ['-1 0', '-1'],
    ] as const) {
      await values.fill(given);
      await values.press('Enter');
      await page
        .getByRole('alert')
        .getByText(`${wrong} is no value of this input: it takes whole numbers from 0 to 7`)
        .waitFor();
    }
  });

  it('forgets a circuit that is not wanted any more', async () => {
    await open('sample');
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByRole('navigation').getByRole('button', { name: 'sample' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: /^Forget/ }).count()).toBe(0);
  });
});
