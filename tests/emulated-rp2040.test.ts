import { readFileSync } from 'node:fs';
import { startInProcess, type InProcessBoard } from '@adiabit/simulator/boards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../sdk/src/protocol/index.js';
import { SLOT_ENTRY, STATUS } from '../sdk/src/protocol/constants.js';
import { boardEntry, imageOf, machine } from './support/board-files.js';
import { describeHello, helloOf } from './support/hello.js';
import { repeatableNumbers } from './support/numbers.js';
import { RawLine } from './support/raw-line.js';
import { sampleCircuit } from './support/sample-circuits.js';

const entry = boardEntry('rp2040');
const image = readFileSync(imageOf('rp2040'));

describe('the firmware image on an emulated RP2040', () => {
  let board: InProcessBoard;
  let line: RawLine;
  const next = repeatableNumbers(41);
  const mnistShape = sampleCircuit(next, { widths: [784, 128, 10], inputBits: 8, goldenVectors: 3 });
  const small = sampleCircuit(next, { widths: [33, 17, 5], inputBits: 1, goldenVectors: 3 });

  beforeEach(() => {
    board = startInProcess(machine('rp2040'), { image });
    line = new RawLine(board);
  });
  afterEach(() => {
    expect(board.fault).toBeUndefined();
    board.close();
  });

  it('says what boards.json says about it', async () => {
    expect(describeHello((await line.ask({ type: 'hello' })).payload)).toEqual(helloOf(entry));
    expect(board.id).toBe(entry.id);
    expect(board.baudRate).toBe(entry.baudRate);
    expect(board.clockHz).toBe(entry.clockHz);
  });

  it('stores, tests and confirms a circuit, and infers what it computes', async () => {
    await line.install(0, mnistShape.bytes);
    for (const [index, input] of mnistShape.inputs.entries()) {
      const answer = await line.infer(input);
      expect(answer?.outputs).toEqual(mnistShape.outputs[index]);
      expect(answer?.counter).toBeGreaterThan(100_000);
      expect(answer?.counter).toBeLessThan(2_000_000);
    }
  });

  it.each([1, 8])('counts rows of any length with its own kernel, over %i-bit inputs', async (inputBits) => {
    const widths = [1021, 120, 257, 225, 193, 97, 65, 64, 63, 33, 32, 31, 1, 7];
    const deep = sampleCircuit(next, { widths, inputBits, goldenVectors: 2 });
    await line.install(0, deep.bytes);
    for (const [index, input] of deep.inputs.entries()) {
      expect((await line.infer(input))?.outputs).toEqual(deep.outputs[index]);
    }
  });

  it('survives a reset and a power cut with the circuit that was confirmed', async () => {
    await line.install(0, small.bytes);
    await line.store(1, mnistShape.bytes);
    await line.ask({ type: 'activate', slot: 1 });
    expect((await line.infer(mnistShape.inputs[0]))?.outputs).toEqual(mnistShape.outputs[0]);
    expect((await line.ask({ type: 'reset' })).status).toBe(0);
    expect((await line.infer(small.inputs[0]))?.outputs).toEqual(small.outputs[0]);
    await line.ask({ type: 'activate', slot: 1 });
    board.powerCycle();
    expect((await line.infer(small.inputs[0]))?.outputs).toEqual(small.outputs[0]);
    await line.ask({ type: 'activate', slot: 1 });
    await line.ask({ type: 'confirm', slot: 1 });
    board.powerCycle();
    expect((await line.infer(mnistShape.inputs[0]))?.outputs).toEqual(mnistShape.outputs[0]);
  });

  it('starts again from the flash of another board', async () => {
    await line.install(1, small.bytes);
    const other = startInProcess(machine('rp2040'), { image, flash: board.readFlash() });
    expect(await new RawLine(other).activeSlot()).toBe(1);
    other.close();
  });

  it('boots the old circuit after the power fails while a new one is written', async () => {
    await line.install(0, small.bytes);
    const begin = line.store(1, mnistShape.bytes).catch(() => 'lost');
    for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
    board.powerCycle();
    const later = new RawLine(board);
    expect(await later.activeSlot()).toBe(0);
    expect((await later.infer(small.inputs[0]))?.outputs).toEqual(small.outputs[0]);
    void begin;
  });

  it('counts the same cycles for the same traffic, whatever the host does meanwhile', async () => {
    const measure = async (delay: () => Promise<void>): Promise<number> => {
      const own = startInProcess(machine('rp2040'), { image });
      const ownLine = new RawLine(own);
      await ownLine.ask({ type: 'hello' });
      await delay();
      await ownLine.install(0, small.bytes);
      await delay();
      await ownLine.infer(small.inputs[0]);
      own.close();
      return own.cycles;
    };
    const fast = await measure(() => Promise.resolve());
    const slow = await measure(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(slow).toBe(fast);
  });

  it('lets time stand still while it waits', async () => {
    await line.ask({ type: 'hello' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = board.cycles;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(board.cycles).toBe(before);
  });

  it('needs ten bit times for every byte in both directions', async () => {
    await line.ask({ type: 'hello' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = board.cycles;
    const request = encodeFrame({ type: 1, sequence: 9, payload: Uint8Array.of(1, 0) });
    line.write(request);
    const reply = await line.next();
    const bytes = request.length + encodeFrame(reply).length;
    const lineCycles = (bytes * 10 * board.clockHz) / board.baudRate;
    expect(board.cycles - before).toBeGreaterThan(lineCycles);
    expect(board.cycles - before).toBeLessThan(lineCycles * 1.5);
  });

  it('loses nothing when far more is sent than its buffers hold', async () => {
    const hello = encodeFrame({ type: 1, sequence: 3, payload: Uint8Array.of(1, 0) });
    for (let copy = 0; copy < 60; copy++) line.write(hello);
    for (let copy = 0; copy < 60; copy++) expect((await line.next()).status).toBe(0);
  });

  it('keeps receiving while flash is programmed', async () => {
    const digest = new Uint8Array(32);
    const data = Uint8Array.from({ length: 500 }, (_, index) => index & 0xff);
    await line.ask({ type: 'begin', slot: 0, totalBytes: 1000, digest });
    const payload = (offset: number): Uint8Array => {
      const bytes = new Uint8Array(4 + data.length);
      new DataView(bytes.buffer).setUint32(0, offset, true);
      bytes.set(data, 4);
      return bytes;
    };
    // Both at once: the second one arrives while the first one is programmed.
    line.write(encodeFrame({ type: 4, sequence: 1, payload: payload(0) }));
    line.write(encodeFrame({ type: 4, sequence: 2, payload: payload(500) }));
    expect((await line.next()).status).toBe(0);
    expect((await line.next()).status).toBe(0);
    const flash = board.readFlash();
    expect(flash.subarray(0x100000, 0x100000 + 1000)).toEqual(Uint8Array.from([...data, ...data]));
  });

  it('records states by clearing bits only', async () => {
    await line.install(0, small.bytes);
    const before = board.readFlash();
    await line.install(1, small.bytes);
    await line.ask({ type: 'activate', slot: 0 });
    await line.ask({ type: 'confirm', slot: 0 });
    const after = board.readFlash();
    const slotA = (flash: Uint8Array): Uint8Array => flash.subarray(0x100000, 0x140000);
    expect(slotA(after)).not.toEqual(slotA(before));
    expect(slotA(after).every((byte, index) => (byte & ~slotA(before)[index]) === 0)).toBe(true);
    const { payload } = await line.ask({ type: 'slots' });
    expect(new DataView(payload.buffer, payload.byteOffset + 1).getUint32(SLOT_ENTRY.sequence, true)).toBe(3);
  });

  it('refuses an image whose boot block is damaged', () => {
    const damaged = Uint8Array.from(image);
    damaged[3] ^= 1;
    expect(() => startInProcess(machine('rp2040'), { image: damaged })).toThrow('boot block');
  });

  it('stops and says why when the program runs into nowhere', async () => {
    const lost = Uint8Array.from(image);
    new DataView(lost.buffer).setUint32(0x104, 0x30000001, true);
    const stray = startInProcess(machine('rp2040'), { image: lost });
    while (stray.fault === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(stray.fault).toMatch(/invalid memory address: 30000000/);
    const { cycles } = stray;
    stray.write(Uint8Array.of(0));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(stray.cycles).toBe(cycles);
    stray.close();
  });

  it('answers noise with the status of a damaged frame', async () => {
    line.write(Uint8Array.of(5, 1, 2, 3, 0));
    expect((await line.next()).status).toBe(STATUS.badFrame.value);
  });
});
