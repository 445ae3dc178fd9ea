import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitstreamOf, createOracle, encodeBitstream, type Bitstream, type Description } from '@adiabit/simulator';
import { Random } from '@adiabit/simulator/random';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

/** A random circuit that says what it takes. */
function circuitFor(name: string, trainedOn: NonNullable<Description['trainedOn']>): Bitstream {
  const random = Random.fromSeed(1, name);
  const inputs = trainedOn.shape.reduce((product, extent) => product * extent, 1);
  const widths = [inputs, 16, trainedOn.classNames!.length];
  const { bitstream } = sampleCircuit((below) => random.below(below), { widths, inputBits: 8, goldenVectors: 2 });
  return bitstreamOf(bitstream.network, { ...bitstream.description, name, trainedOn }, bitstream.goldenVectors);
}

const gestures = circuitFor('gestures', { kind: 'values', shape: [2, 3], classNames: ['still', 'swing', 'tap'] });
const tiles = circuitFor('tiles', { kind: 'picture', shape: [8, 8], classNames: ['dark', 'light', 'mixed'] });
const words = circuitFor('words', { kind: 'sound', shape: [800], sampleRateHz: 8000, classNames: ['yes', 'no'] });

const classOf = ({ network, description }: Bitstream, input: Uint8Array): string =>
  description.trainedOn!.classNames![createOracle(network)(input).class];

const missing = missingTools('chromium');

describe.skipIf(missing.length > 0)(titled('inputs of Live in Chromium', missing), () => {
  let opened: TestStudio;
  let page: Page;

  beforeAll(async () => {
    opened = await openTestStudio();
    for (const bitstream of [gestures, tiles, words]) {
      const fileName = `${bitstream.description.name}.abit`;
      const added = { fileName, bytes: encodeBitstream(bitstream) };
      const outcome = await opened.studio.services.call('lab', 'addToLibrary', added);
      expect(outcome).toMatchObject({ ok: true });
    }
    page = await opened.openPage();
  });
  afterAll(() => opened.close());

  const watch = async (name: string): Promise<void> => {
    await page.getByRole('button', { name }).click();
    await page.getByRole('tab', { name: 'Live' }).click();
    await page.getByLabel('Run of the test set').waitFor();
  };
  const simulated = (name: string): Promise<void> =>
    page.locator('[data-who=simulator] .class', { hasText: name }).waitFor();

  it('offers numbers, a sensor and golden vectors for values, and takes a typed row', async () => {
    await watch('gestures');
    await page.getByText('2 × 3 values of 8 bits').waitFor();
    await page.getByRole('textbox', { name: '6 whole numbers' }).fill('1, 2, 3, 40, 50, 300');
    await page.getByText('Number 6 is none from 0 to 255').waitFor();
    await page.getByRole('textbox', { name: '6 whole numbers' }).fill('1, 2, 3, 40, 50, 60');
    await simulated(classOf(gestures, Uint8Array.of(1, 2, 3, 40, 50, 60)));
    await page.getByText('There is no test set').waitFor();
  });

  it('loads a picture from a file, scaled to what the network takes', async () => {
    await watch('tiles');
    await page.getByRole('button', { name: 'File' }).click();
    const data = new Uint8Array(16 * 16).fill(200);
    const picture = encode({ width: 16, height: 16, channels: 1, data });
    await page.getByLabel('Choose a PNG or JPEG').setInputFiles({
      name: 'grey.png',
      mimeType: 'image/png',
      buffer: Buffer.from(picture),
    });
    await page.getByText('grey.png').waitFor();
    await simulated(classOf(tiles, new Uint8Array(64).fill(200)));
  });

  it('says what is wrong with a file that is no picture', async () => {
    await page.getByLabel('Choose a PNG or JPEG').setInputFiles({
      name: 'letter.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    });
    await page.getByText('letter.png is neither a PNG nor a JPEG').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  it('records from the microphone, at the rate of the network', async () => {
    await watch('words');
    await page.getByRole('button', { name: 'Record 0.1 s' }).click();
    await page.locator('[data-who=simulator] .class', { hasText: /yes|no/ }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  const serial = missingTools('socat');

  it.skipIf(serial.length > 0)(
    titled('streams rows of a sensor, whose newest rows fill the input', serial),
    async () => {
      const script = join(opened.stateFolder, 'sensor.sh');
      await writeFile(script, 'while :; do echo booting; echo 1,2,3; echo "4; 5; 999"; sleep 0.1; done');
      const sensor = new PseudoTerminal(join(opened.stateFolder, 'sensor'));
      await sensor.plugIn(`EXEC:sh ${script}`);
      try {
        await watch('gestures');
        await page.getByRole('button', { name: 'Sensor' }).click();
        await page.getByRole('combobox', { name: 'Port of the sensor' }).fill(await realpath(sensor.path));
        await page.getByRole('button', { name: 'Listen' }).click();
        await page.getByText('6 of 6 values').waitFor();
        await page.getByText('values held within 0 to 255').waitFor();
        await page.getByText('the last “booting”').waitFor();
        const newest = [Uint8Array.of(1, 2, 3, 4, 5, 255), Uint8Array.of(4, 5, 255, 1, 2, 3)];
        const classes = newest.map((input) => classOf(gestures, input));
        await page.locator('[data-who=simulator] .class', { hasText: new RegExp(classes.join('|')) }).waitFor();
      } finally {
        await sensor.unplug();
      }
      await page.getByRole('button', { name: 'Listen' }).waitFor();
      expect(opened.complaints).toEqual([]);
    },
  );
});
