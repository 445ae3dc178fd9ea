import { readFileSync } from 'node:fs';
import { startQemuBoard, type QemuBoard } from '@adiabit/simulator/boards';
import { openDevice } from '@adiabit/sdk/device';
import { SerialPort } from 'serialport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulatedBoards } from '../sdk/src/cli/emulated-board.js';
import { emulatedSlotBytes } from '../sdk/src/boards/entry.js';
import { boardEntries, boardEntry, imageOf, qemuMachine } from './support/board-files.js';
import { describeHello, helloOf } from './support/hello.js';
import { repeatableNumbers } from './support/numbers.js';
import { RawLine } from './support/raw-line.js';
import { sampleCircuit } from './support/sample-circuits.js';
import { missingTools, titled } from './support/tools.js';

for (const { id } of boardEntries().filter(({ emulator }) => emulator?.kind === 'qemu')) {
  const missing = missingTools(qemuMachine(id).emulator.program);
  describe.skipIf(missing.length > 0)(titled(`the firmware image of the board ${id} in QEMU`, missing), () => {
    const entry = boardEntry(id);
    let board: QemuBoard;
    let port: SerialPort;
    let line: RawLine;
    const next = repeatableNumbers(51);
    const first = sampleCircuit(next, { widths: [65, 40, 10], inputBits: 8, goldenVectors: 3 });
    const second = sampleCircuit(next, { widths: [65, 10], inputBits: 8, goldenVectors: 3 });

    const open = async (): Promise<void> => {
      port = new SerialPort({ path: board.path, baudRate: entry.baudRate, autoOpen: false });
      await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
      line = new RawLine({
        write: (bytes) => void port.write(Buffer.from(bytes)),
        onData: (listener) => port.on('data', listener),
      });
    };
    /** Bytes that come before the UART is on are lost; a session says hello until it is answered. */
    const reach = async (): Promise<void> => {
      await (await openDevice(board.path)).close();
      await open();
      await line.catchUp();
    };
    const closePort = (): Promise<void> => new Promise((resolve) => port.close(() => resolve()));

    beforeAll(async () => {
      board = await startQemuBoard(qemuMachine(id), { image: readFileSync(imageOf(id)) });
      await reach();
    });
    afterAll(async () => {
      await closePort();
      await board.close();
      expect(() => process.kill(board.pid, 0)).toThrow('ESRCH');
    });

    it('says what boards.json says about it', async () => {
      expect(describeHello((await line.ask({ type: 'hello' })).payload)).toEqual(helloOf(entry));
    });

    it('takes a circuit through its whole life, and reverts one that was not confirmed', async () => {
      await line.install(0, first.bytes);
      for (const [index, input] of first.inputs.entries()) {
        const answer = await line.infer(input);
        expect(answer?.outputs).toEqual(first.outputs[index]);
        expect(answer?.counter).toBeGreaterThan(0);
      }
      expect(await line.store(1, second.bytes)).toBe(0);
      expect((await line.ask({ type: 'activate', slot: 1 })).status).toBe(0);
      expect((await line.infer(second.inputs[0]))?.outputs).toEqual(second.outputs[0]);
      expect((await line.ask({ type: 'reset' })).status).toBe(0);
      await closePort();
      await reach();
      expect(await line.activeSlot()).toBe(0);
      expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
    });

    it('keeps running while the port is closed and opened again', async () => {
      const before = await line.activeSlot();
      await closePort();
      await open();
      expect(await line.activeSlot()).toBe(before);
    });

    it.each([1, 8])('counts rows of any length with its own kernel, over %i-bit inputs', async (inputBits) => {
      const large = emulatedSlotBytes(entry) > 20_000;
      const widths = large ? [1021, 60, 257, 97, 65, 64, 63, 33, 32, 31, 1, 7] : [65, 20, 64, 9, 33, 8, 31, 1, 7];
      const deep = sampleCircuit(next, { widths, inputBits, goldenVectors: 2 });
      await line.install((await line.activeSlot()) ^ 1, deep.bytes);
      for (const [index, input] of deep.inputs.entries()) {
        expect((await line.infer(input))?.outputs).toEqual(deep.outputs[index]);
      }
    });

    it('runs the network of the demo within its memory, or as much of it as slots in RAM hold', async () => {
      const widths = emulatedSlotBytes(entry) > 20_000 ? [784, 128, 10] : [128, 64, 10];
      const demo = sampleCircuit(next, { widths, inputBits: 8, goldenVectors: 1 });
      const target = (await line.activeSlot()) ^ 1;
      await line.install(target, demo.bytes);
      expect((await line.infer(demo.inputs[0]))?.outputs).toEqual(demo.outputs[0]);
    });
  });
}

it('knows a board to start for every board there is an image of', () => {
  expect([...emulatedBoards()].sort()).toEqual(
    boardEntries()
      .map(({ id }) => id)
      .sort(),
  );
});

it('says what is wrong when QEMU refuses to start', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    await expect(startQemuBoard(qemuMachine('microbit'), { image: new Uint8Array(4) })).rejects.toThrow('installed');
  } finally {
    process.env['PATH'] = path;
  }
});
