import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdiabitError, bitstreamDigest, toHex } from '@adiabit/simulator';
import { DeviceSession, faultTransport, flash, type LineFaults } from '@adiabit/sdk/device';
import { HostDevice, temporaryFolder } from './support/host-device.js';
import { repeatableNumbers } from './support/numbers.js';
import { sampleCircuit, type SampleCircuit } from './support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from './support/tools.js';

/** Waiting times are cut to this part, so that a lost frame costs little, and a busy machine is still quick enough. */
const PATIENCE = 0.3;

const next = repeatableNumbers(2026);
const oldCircuit = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const newCircuit = sampleCircuit(next, { widths: [100, 33, 10], inputBits: 4, goldenVectors: 12 });
const tinyCircuit = sampleCircuit(next, { widths: [4, 2], inputBits: 1, goldenVectors: 1 });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let preparedFlash: string;

/** A device with the old circuit confirmed, on a flash of its own. */
async function freshFlash(name: string): Promise<string> {
  const path = join(folder.path, name);
  await copyFile(preparedFlash, path);
  return path;
}

/** Flashes `circuit` over a bad line; gives the error it ended with, if any. */
async function flashOver(
  faults: LineFaults,
  flashPath: string,
  circuit: SampleCircuit,
  patience = PATIENCE,
): Promise<unknown> {
  const line = faultTransport(new HostDevice(flashPath), faults);
  try {
    await flash(await DeviceSession.open(line, { patience }), circuit.bytes);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await line.close();
  }
}

/** Powers the device on again and demands that it runs one of the two circuits, whole and right. */
async function runningCircuit(flashPath: string, candidate: SampleCircuit): Promise<'old' | 'new'> {
  const session = await DeviceSession.open(new HostDevice(flashPath));
  try {
    const { activeSlot } = session.device;
    const active = (await session.slots())[activeSlot ?? expect.fail('no circuit runs any more')];
    expect(active.state).toBe('confirmed');
    const isNew = toHex(active.digest) === toHex(bitstreamDigest(candidate.bytes));
    const circuit = isNew ? candidate : oldCircuit;
    expect(toHex(active.digest)).toBe(toHex(bitstreamDigest(circuit.bytes)));
    const results = await session.inferMany(circuit.inputs);
    expect(results.map(({ outputs }) => outputs)).toEqual(circuit.outputs);
    return isNew ? 'new' : 'old';
  } finally {
    await session.close();
  }
}

/** Runs `work` for 0..count-1, a few at a time. */
async function forEach(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let index = 0;
  const worker = async (): Promise<void> => {
    while (index < count) await work(index++);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('the real firmware', missing), () => {
  beforeAll(async () => {
    folder = await temporaryFolder();
    preparedFlash = join(folder.path, 'prepared');
    const session = await DeviceSession.open(new HostDevice(preparedFlash));
    await flash(session, oldCircuit.bytes);
    await session.close();
  });
  afterAll(() => folder.dispose());

  const LINES: readonly [string, Omit<LineFaults, 'seed'>][] = [
    ['cuts what it carries', { split: 0.8, delay: 0.2, maxDelayMs: 5 }],
    ['loses bytes', { drop: 0.08 }],
    ['flips bits', { flip: 0.08 }],
    ['repeats frames', { duplicate: 0.3 }],
    ['does all of it', { drop: 0.03, flip: 0.03, duplicate: 0.05, split: 0.3, delay: 0.05, maxDelayMs: 5 }],
  ];
  const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

  describe.each(LINES)('over a line that %s', (_, faults) => {
    it('a flash ends with the right circuit confirmed, or with a typed error and the old one', async () => {
      let flashed = 0;
      await forEach(SEEDS.length, async (index) => {
        const seed = SEEDS[index];
        const path = await freshFlash(`flash-${seed}`);
        const error = await flashOver({ ...faults, seed }, path, newCircuit);
        if (error !== undefined) expect(error, `seed ${seed}`).toBeInstanceOf(AdiabitError);
        const running = await runningCircuit(path, newCircuit);
        if (error === undefined) expect(running, `seed ${seed}`).toBe('new');
        if (error === undefined) flashed++;
      });
      expect(flashed).toBeGreaterThan(SEEDS.length / 2);
    });

    it('every inference that is answered is answered right', async () => {
      const inputs = Array.from({ length: 200 }, (_, index) => oldCircuit.inputs[index % oldCircuit.inputs.length]);
      const expected = inputs.map((_, index) => oldCircuit.outputs[index % oldCircuit.outputs.length]);
      let answered = 0;
      await forEach(SEEDS.length, async (index) => {
        const seed = SEEDS[index];
        const line = faultTransport(new HostDevice(await freshFlash(`infer-${seed}`)), { ...faults, seed });
        try {
          const session = await DeviceSession.open(line, { patience: PATIENCE });
          const results = await session.inferMany(inputs);
          expect(
            results.map(({ outputs }) => outputs),
            `seed ${seed}`,
          ).toEqual(expected);
          answered++;
        } catch (error) {
          if (!(error instanceof AdiabitError)) throw error;
        } finally {
          await line.close();
        }
      });
      expect(answered).toBeGreaterThan(0);
    });
  });

  describe('a line that breaks', () => {
    it('at any byte of a flash session leaves a whole circuit running: the new one only after it was confirmed', async () => {
      const whole = faultTransport(new HostDevice(await freshFlash('whole')), { seed: 0 });
      await flash(await DeviceSession.open(whole), tinyCircuit.bytes);
      await whole.close();
      const outcomes: string[] = [];
      await forEach(whole.bytes, async (disconnectAtByte) => {
        const path = await freshFlash(`broken-${disconnectAtByte}`);
        // Nothing is lost before the line breaks, so no time-out is needed and none may come first.
        const error = await flashOver({ seed: 0, disconnectAtByte }, path, tinyCircuit, 1);
        expect(error).toMatchObject({ code: 'transport.disconnected' });
        outcomes[disconnectAtByte] = await runningCircuit(path, tinyCircuit);
        await rm(path);
      });
      const firstNew = outcomes.indexOf('new');
      expect(outcomes.slice(0, firstNew)).not.toContain('new');
      expect(outcomes.slice(firstNew)).not.toContain('old');
      // The request to confirm is the last one: nothing before it may bring the new circuit up.
      expect(firstNew).toBeGreaterThan(whole.bytes - 40);
    }, 300_000);
  });
});
