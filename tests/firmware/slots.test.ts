import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SLOT_ENTRY, SLOT_STATE, STATUS } from '../../sdk/src/protocol/constants.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { HostProcess, RawLine } from '../support/raw-line.js';
import { sampleCircuit, withWrongGoldenVector } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc', 'make');

describe.skipIf(missing.length > 0)(titled('the slots of the firmware', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let flash = '';
  let flashFiles = 0;
  let device: HostProcess;
  let line: RawLine;
  const next = repeatableNumbers(11);
  const shape = { widths: [300, 120, 4], inputBits: 3, goldenVectors: 2 };
  const older = sampleCircuit(next, shape);
  const newer = sampleCircuit(next, shape);
  const [input] = older.inputs;

  const start = (): void => {
    device = new HostProcess(flash);
    line = new RawLine(device);
  };
  const restart = async (): Promise<void> => {
    expect(await device.close()).toBe(0);
    start();
  };
  const states = async (): Promise<[state: number, sequence: number][]> => {
    const { payload } = await line.ask({ type: 'slots' });
    return [0, 1].map((slot) => {
      const entry = new DataView(payload.buffer, payload.byteOffset + 1 + slot * SLOT_ENTRY.size);
      return [entry.getUint8(SLOT_ENTRY.state), entry.getUint32(SLOT_ENTRY.sequence, true)];
    });
  };
  const status = async (type: 'verify' | 'activate' | 'confirm', slot: number): Promise<number> =>
    (await line.ask({ type, slot })).status;

  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());
  beforeEach(() => {
    flash = join(folder.path, `flash-${flashFiles++}`);
    start();
  });
  afterEach(async () => {
    expect(await device.close()).toBe(0);
    expect(device.errors).not.toContain('ERROR');
  });

  it('takes a circuit from empty to confirmed, and each state is reported', async () => {
    expect(await states()).toEqual([
      [SLOT_STATE.empty, 0],
      [SLOT_STATE.empty, 0],
    ]);
    expect(await line.store(0, older.bytes)).toBe(0);
    expect((await states())[0]).toEqual([SLOT_STATE.pending, 0]);
    expect(await status('activate', 0)).toBe(0);
    expect((await states())[0]).toEqual([SLOT_STATE.test, 0]);
    expect(await status('confirm', 0)).toBe(0);
    expect((await states())[0]).toEqual([SLOT_STATE.confirmed, 1]);
    await restart();
    expect(await line.activeSlot()).toBe(0);
    expect((await line.infer(input))?.outputs).toEqual(older.outputs[0]);
  });

  it('comes back with the old circuit after a reset without confirm', async () => {
    await line.install(0, older.bytes);
    await line.store(1, newer.bytes);
    await status('activate', 1);
    expect(await line.activeSlot()).toBe(1);
    expect((await line.ask({ type: 'reset' })).status).toBe(0);
    expect(await line.activeSlot()).toBe(0);
    expect((await line.infer(input))?.outputs).toEqual(older.outputs[0]);
    expect(await states()).toEqual([
      [SLOT_STATE.confirmed, 1],
      [SLOT_STATE.pending, 0],
    ]);
  });

  it('comes back with the old circuit after a power cut without confirm', async () => {
    await line.install(0, older.bytes);
    await line.store(1, newer.bytes);
    await status('activate', 1);
    await restart();
    expect(await line.activeSlot()).toBe(0);
  });

  it('erases neither the active slot nor the one that a reset would start', async () => {
    await line.install(0, older.bytes);
    expect(await line.store(0, newer.bytes)).toBe(STATUS.slotUnavailable.value);
    await line.store(1, newer.bytes);
    await status('activate', 1);
    expect(await line.store(0, newer.bytes)).toBe(STATUS.slotUnavailable.value);
    expect(await line.store(1, newer.bytes)).toBe(STATUS.slotUnavailable.value);
    await status('confirm', 1);
    expect(await line.store(0, older.bytes)).toBe(0);
  });

  it('keeps the old circuit when a golden vector of the new one is wrong', async () => {
    await line.install(0, older.bytes);
    expect(await line.store(1, withWrongGoldenVector(newer))).toBe(0);
    expect(await status('activate', 1)).toBe(STATUS.selfTestFailed.value);
    expect(await status('confirm', 1)).toBe(STATUS.slotUnavailable.value);
    expect((await line.infer(input))?.outputs).toEqual(older.outputs[0]);
  });

  it('zeroes the input buffer on activation', async () => {
    await line.install(0, older.bytes);
    await line.infer(input);
    await status('activate', 0);
    const zero = await line.infer(new Uint8Array(0));
    expect(zero?.outputs).toEqual((await line.infer(new Uint8Array(input.length)))?.outputs);
    expect(zero?.outputs).not.toEqual(older.outputs[0]);
  });

  it('takes every request of an update twice without harm', async () => {
    await line.install(0, older.bytes);
    await line.store(1, newer.bytes);
    for (const type of ['verify', 'activate', 'confirm'] as const) {
      expect(await status(type, 1)).toBe(0);
      const once = await states();
      expect(await status(type, 1)).toBe(0);
      expect(await states()).toEqual(once);
    }
    expect((await states())[1]).toEqual([SLOT_STATE.confirmed, 2]);
  });

  it('can go back and forth between two confirmed circuits, the last confirmed one boots', async () => {
    await line.install(0, older.bytes);
    await line.install(1, newer.bytes);
    for (let turn = 0; turn < 10; turn++) {
      await status('activate', turn % 2);
      expect((await states())[turn % 2][0]).toBe(SLOT_STATE.test);
      expect(await status('confirm', turn % 2)).toBe(0);
      await restart();
      expect(await line.activeSlot()).toBe(turn % 2);
    }
  });

  it('confirms without end: a record that is full is written anew, and the numbers go on', async () => {
    await line.install(0, older.bytes);
    await line.install(1, newer.bytes);
    // Of each slot twice and more what a sector of 4 KiB holds: (4096 - 48) / 8.
    const turns = 2 * 2 * 506 + 10;
    for (let turn = 0; turn < turns; turn++) {
      expect(await status('activate', turn % 2)).toBe(0);
      expect(await status('confirm', turn % 2), `turn ${turn}`).toBe(0);
    }
    const last = (turns - 1) % 2;
    expect((await states())[last]).toEqual([SLOT_STATE.confirmed, turns + 2]);
    expect((await states())[1 - last]).toEqual([SLOT_STATE.confirmed, turns + 1]);
    await restart();
    expect(await line.activeSlot()).toBe(last);
    const circuit = last === 0 ? older : newer;
    expect((await line.infer(circuit.inputs[0]))?.outputs).toEqual(circuit.outputs[0]);
  });

  it('writes no confirmation for the slot that a reset starts anyway, whatever the other one holds', async () => {
    await line.install(0, older.bytes);
    await line.install(1, newer.bytes);
    await device.close();
    const file = await open(flash, 'r+');
    await file.write(Uint8Array.of(0), 0, 1, 64 * 4096 + 200); // the other one no longer holds
    await file.close();
    start();
    const before = await readFile(flash);
    expect(await status('activate', 0)).toBe(0);
    expect(await status('confirm', 0)).toBe(0);
    expect((await states())[0]).toEqual([SLOT_STATE.confirmed, 1]);
    expect(before.equals(await readFile(flash))).toBe(true);
  });

  it('passes over a confirmed slot whose bytes no longer hold', async () => {
    await line.install(0, older.bytes);
    await line.install(1, newer.bytes);
    await device.close();
    const file = await open(flash, 'r+');
    await file.write(Uint8Array.of(0), 0, 1, 64 * 4096 + 200);
    await file.close();
    start();
    expect(await line.activeSlot()).toBe(0);
    expect(await status('verify', 1)).toBe(STATUS.digestMismatch.value);
    expect(await line.store(1, newer.bytes)).toBe(0);
  });

  it('says when the circuit needs more memory than there is', async () => {
    const large = sampleCircuit(next, { widths: [220_000, 1], inputBits: 2, goldenVectors: 0 });
    expect(await line.store(0, large.bytes, 1020)).toBe(STATUS.noMemory.value);
    expect(await line.store(0, older.bytes)).toBe(0);
  });
});
