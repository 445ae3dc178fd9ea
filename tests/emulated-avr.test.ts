import { readFileSync } from 'node:fs';
import { startInProcess, type InProcessBoard } from '@adiabit/simulator/boards';
import { flash, openDevice, freshVirtualPorts } from '@adiabit/sdk/device';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NO_SLOT, STATUS } from '../sdk/src/protocol/constants.js';
import { boardEntry, imageOf, machine } from './support/board-files.js';
import { describeHello, helloOf } from './support/hello.js';
import { repeatableNumbers } from './support/numbers.js';
import { RawLine } from './support/raw-line.js';
import { sampleCircuit, withWrongGoldenVector } from './support/sample-circuits.js';

const PIECE_BYTES = 128;

describe.each(['uno', 'mega'] as const)('the firmware image on an emulated Arduino (%s)', (id) => {
  const entry = boardEntry(id);
  const image = readFileSync(imageOf(id));
  let board: InProcessBoard;
  let line: RawLine;
  const next = repeatableNumbers(61);
  const first = sampleCircuit(next, { widths: [33, 17, 5], inputBits: 1, goldenVectors: 3 });
  const second = sampleCircuit(next, { widths: [20, 9, 4], inputBits: 8, goldenVectors: 2 });
  const demo =
    id === 'uno'
      ? sampleCircuit(next, { widths: [784, 128, 10], inputBits: 1, goldenVectors: 2 })
      : sampleCircuit(next, { widths: [784, 24, 10], inputBits: 8, goldenVectors: 1 });

  beforeEach(() => {
    board = startInProcess(machine(id), { image });
    line = new RawLine(board, PIECE_BYTES);
  });
  afterEach(() => {
    expect(board.fault).toBeUndefined();
    board.close();
  });

  it('says what boards.json says about it', async () => {
    expect(describeHello((await line.ask({ type: 'hello' })).payload)).toEqual(helloOf(entry));
    expect([board.id, board.baudRate, board.clockHz]).toEqual([entry.id, entry.baudRate, entry.clockHz]);
  });

  it('stores, tests and confirms circuits, and infers what they compute', async () => {
    for (const circuit of [first, second]) {
      await line.install(entry.slotCount === 1 || circuit === first ? 0 : 1, circuit.bytes);
      for (const [index, input] of circuit.inputs.entries()) {
        expect((await line.infer(input))?.outputs).toEqual(circuit.outputs[index]);
      }
    }
  });

  it('runs a network for digits within its memory', async () => {
    expect(demo.bytes.length).toBeLessThanOrEqual(entry.slotBytes);
    await line.install(0, demo.bytes);
    expect((await line.infer(demo.inputs[0]))?.outputs).toEqual(demo.outputs[0]);
  });

  it.each([1, 3])('counts rows of any length with its own kernel, over %i-bit inputs', async (inputBits) => {
    const widths = [257, 65, 64, 63, 33, 32, 31, 1, 7];
    const deep = sampleCircuit(next, { widths, inputBits, goldenVectors: 2 });
    await line.install(0, deep.bytes);
    for (const [index, input] of deep.inputs.entries()) {
      expect((await line.infer(input))?.outputs).toEqual(deep.outputs[index]);
    }
  });

  it('keeps the confirmed circuit over a reset and a power cut', async () => {
    await line.install(0, first.bytes);
    expect((await line.ask({ type: 'reset' })).status).toBe(0);
    expect(await line.activeSlot()).toBe(0);
    expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
    board.powerCycle();
    expect((await line.infer(first.inputs[1]))?.outputs).toEqual(first.outputs[1]);
    const other = startInProcess(machine(id), { image, flash: board.readFlash() });
    expect(await new RawLine(other).activeSlot()).toBe(0);
    other.close();
  });

  it('answers after the power failed at any time of an update, with the old circuit where there are two slots', async () => {
    await line.install(0, first.bytes);
    const flash = board.readFlash();
    for (let turn = 1; turn < 40; turn += 5) {
      const trial = startInProcess(machine(id), { image, flash });
      const trialLine = new RawLine(trial, PIECE_BYTES);
      const slot = entry.slotCount - 1;
      const update = trialLine.install(slot, second.bytes).catch(() => undefined);
      for (let wait = 0; wait < turn; wait++) await new Promise((resolve) => setImmediate(resolve));
      trial.powerCycle();
      const later = new RawLine(trial, PIECE_BYTES);
      const active = await later.activeSlot();
      expect(entry.slotCount === 2 ? [0, 1] : [0, NO_SLOT]).toContain(active);
      if (active === 0 && entry.slotCount === 2) {
        expect((await later.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
      }
      await later.install(active === slot && slot > 0 ? 0 : slot, second.bytes);
      expect((await later.infer(second.inputs[0]))?.outputs).toEqual(second.outputs[0]);
      expect(trial.fault).toBeUndefined();
      trial.close();
      void update;
    }
  });

  it('refuses what does not fit before anything is erased', async () => {
    await line.install(0, first.bytes);
    const digest = new Uint8Array(32);
    const slot = entry.slotCount - 1;
    const { status } = await line.ask({ type: 'begin', slot, totalBytes: entry.slotBytes + 4, digest });
    expect(status).toBe(STATUS.tooLarge.value);
    expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
  });

  it('lets time stand still while it waits', async () => {
    await line.ask({ type: 'hello' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = board.cycles;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(board.cycles).toBe(before);
  });

  it('receives while it programs its flash', async () => {
    const digest = new Uint8Array(32);
    await line.ask({ type: 'begin', slot: 0, totalBytes: 256, digest });
    const data = Uint8Array.from({ length: 64 }, (_, index) => index + 1);
    line.send({ type: 'write', offset: 0, data });
    line.send({ type: 'write', offset: 64, data });
    expect((await line.next()).status).toBe(0);
    expect((await line.next()).status).toBe(0);
    const start = id === 'uno' ? 0x3800 : 0xa000;
    expect(board.readFlash().subarray(start, start + 128)).toEqual(Uint8Array.from([...data, ...data]));
  });
});

describe('a session with an emulated Arduino Uno, which has one slot', () => {
  it('replaces the circuit that runs, and refuses what does not fit before it writes', async () => {
    const next = repeatableNumbers(62);
    const shape = { widths: [24, 12, 3], inputBits: 1, goldenVectors: 2 };
    const [older, newer] = [sampleCircuit(next, shape), sampleCircuit(next, shape)];
    const pictures = sampleCircuit(next, { widths: [784, 8, 10], inputBits: 8, goldenVectors: 0 });
    const large = sampleCircuit(next, { widths: [784, 160, 10], inputBits: 1, goldenVectors: 0 });
    const session = await openDevice('virtual:uno', { virtualPorts: freshVirtualPorts() });
    onTestFinished(() => session.close());
    expect(session.device.slotCount).toBe(1);
    for (const circuit of [older, newer]) {
      expect((await flash(session, circuit.bytes)).slot).toBe(0);
      expect((await session.infer(circuit.inputs[1])).outputs).toEqual(circuit.outputs[1]);
    }
    await expect(flash(session, pictures.bytes)).rejects.toMatchObject({
      code: 'flash.too-large',
      details: { resource: 'ram' },
    });
    await expect(flash(session, large.bytes)).rejects.toMatchObject({
      code: 'flash.too-large',
      details: { resource: 'flash' },
    });
    await expect(flash(session, withWrongGoldenVector(older))).rejects.toThrow('no confirmed circuit now');
    await session.restart();
    expect(session.device.activeSlot).toBeUndefined();
    expect((await flash(session, older.bytes)).slot).toBe(0);
  });
});
