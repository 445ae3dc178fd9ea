import { createHash } from 'node:crypto';
import { join } from 'node:path';
/** Every board of boards.json that has an emulator, over the serial port code: what it promises, and what an emulator must be. */
import { workBytesOf } from '@adiabit/simulator/network';
import { isInProcess, startQemuBoard, type EmulatedBoard, type InProcessBoard } from '@adiabit/simulator/boards';
import { flash, freshVirtualPorts, openDevice, openPort, VirtualPorts, type Transport } from '@adiabit/sdk/device';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench } from '../../sdk/src/board-check/bench.js';
import { CHECKS } from '../../sdk/src/board-check/checks.js';
import { emulatedSlotBytes } from '../../sdk/src/boards/entry.js';
import { NO_SLOT, SLOT_ENTRY, STATUS } from '../../sdk/src/protocol/constants.js';
import { encodeFrame, encodeRequest } from '../../sdk/src/protocol/index.js';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
import { boardEntries, qemuMachine, type BoardEntry } from '../support/board-files.js';
import { toolsOf } from '../support/emulated-device.js';
import { describeHello, helloOf } from '../support/hello.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { RawLine } from '../support/raw-line.js';
import { sampleCircuit, withWrongGoldenVector } from '../support/sample-circuits.js';
import { overRecordings, pictureNetwork, sampleNetwork, thermometerNetwork } from '../support/sample-networks.js';
import { missingTools, titled } from '../support/tools.js';

/** Boards by what tells them apart here. */
const boards = boardEntries().filter(({ emulator }) => emulator !== undefined);
const inProcess = boards.filter(({ emulator }) => emulator?.kind !== 'qemu');
const inQemu = boards.filter(({ emulator }) => emulator?.kind === 'qemu');
const pathOf = ({ id }: BoardEntry): string => `virtual:${id}`;
/** What fits into a request of every board. */
const PIECE_BYTES = 128;

/** A board in this process, without a port before it. */
const start = async ({ id }: BoardEntry, kept?: Uint8Array): Promise<InProcessBoard> => {
  const port = freshVirtualPorts()
    .list()
    .find(({ boardId }) => boardId === id)!;
  return (await port.start(kept)) as InProcessBoard;
};

const next = repeatableNumbers(61);
const first = sampleCircuit(next, { widths: [33, 17, 5], inputBits: 1, goldenVectors: 3 });
const second = sampleCircuit(next, { widths: [20, 9, 4], inputBits: 8, goldenVectors: 2 });

/** The ports of one test, with the board that stands behind the port which was opened last. */
class Power {
  readonly ports: VirtualPorts;
  board!: EmulatedBoard;
  #transport: Transport | undefined;

  constructor() {
    this.ports = new VirtualPorts(
      freshVirtualPorts()
        .list()
        .map((port) => ({ ...port, start: async (kept) => (this.board = await port.start(kept)) })),
    );
  }

  /** Powers the board on; its answers can be had as soon as it has said hello. */
  async on(entry: BoardEntry): Promise<RawLine> {
    const transport = await openPort(pathOf(entry), { virtualPorts: this.ports });
    this.#transport = transport;
    const line = new RawLine(
      { write: (bytes) => void transport.write(bytes), onData: (listener) => transport.onData(listener) },
      PIECE_BYTES,
    );
    // Bytes that come before the UART of a board in QEMU is on are lost; a board in this process starts with its line.
    if (entry.emulator?.kind === 'qemu') await line.knock();
    return line;
  }

  async off(): Promise<void> {
    await this.#transport?.close();
    this.#transport = undefined;
  }
}

/** A test for boards that it means something for: others have none, rather than a skipped one. */
const where = (applies: boolean) => (name: string, run: () => Promise<unknown>, timeoutMs?: number) => {
  if (applies) it(name, run, timeoutMs);
};

for (const entry of boards) {
  const missing = missingTools(...toolsOf(entry));
  describe.skipIf(missing.length > 0)(titled(`the board ${entry.id}`, missing), () => {
    const virtualPorts = freshVirtualPorts();
    const openIt = () => openPort(pathOf(entry), { virtualPorts });
    const bench = new Bench({ board: entry, isEmulated: true, openPort: openIt });
    afterAll(() => bench.close());

    for (const { name, run, without } of CHECKS) {
      where(without?.(entry, true) === undefined)(name, () => run(bench), 120_000);
    }

    describe('frame by frame', () => {
      let power: Power;
      beforeEach(() => (power = new Power()));
      afterEach(() => power.off());

      it('says what boards.json says about it', async () => {
        const line = await power.on(entry);
        expect(describeHello((await line.ask({ type: 'hello' })).payload)).toEqual(helloOf(entry));
        expect([power.board.id, power.board.baudRate]).toEqual([entry.id, entry.baudRate]);
        if (isInProcess(power.board)) expect(power.board.clockHz).toBe(entry.clockHz);
      });

      it('takes a circuit through its whole life, counts, and reverts one that was not confirmed', async () => {
        const line = await power.on(entry);
        await line.install(0, first.bytes);
        for (const [index, input] of first.inputs.entries()) {
          const answer = await line.infer(input);
          expect(answer?.outputs).toEqual(first.outputs[index]);
          expect(answer?.counter).toBeGreaterThan(0);
        }
        const slot = entry.slotCount - 1;
        expect(await line.store(slot, second.bytes)).toBe(0);
        expect((await line.ask({ type: 'activate', slot })).status).toBe(0);
        expect((await line.infer(second.inputs[0]))?.outputs).toEqual(second.outputs[0]);
        expect((await line.ask({ type: 'reset' })).status).toBe(0);
        await line.knock();
        expect(await line.activeSlot()).toBe(slot === 0 ? NO_SLOT : 0);
        if (slot === 1) expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
      });

      it('runs the network for digits, or as much of it as its memory holds', async () => {
        const large = emulatedSlotBytes(entry) > 14_000;
        const widths = !large ? [128, 64, 10] : entry.workBytes > 6000 ? [784, 128, 10] : [784, 24, 10];
        const inputBits = entry.workBytes > 2000 ? 8 : 1;
        const demo = sampleCircuit(next, { widths, inputBits, goldenVectors: 1 });
        expect(demo.bytes.length).toBeLessThanOrEqual(emulatedSlotBytes(entry));
        const line = await power.on(entry);
        await line.install(0, demo.bytes);
        const answer = await line.infer(demo.inputs[0]);
        expect(answer?.outputs).toEqual(demo.outputs[0]);
        if (entry.counterUnit === 'cycles') expect(answer?.counter).toBeLessThan(20_000_000);
      }, 60_000);

      it.each([1, 8])(
        'counts rows of any length with its own kernel, over %i-bit inputs',
        async (inputBits) => {
          const [large, small] = [emulatedSlotBytes(entry) > 40_000, emulatedSlotBytes(entry) > 14_000];
          const shapes = large
            ? [1021, 120, 257, 225, 193, 97, 65, 64, 63, 33, 32, 31, 1, 7]
            : small
              ? [257, 65, 64, 63, 33, 32, 31, 1, 7]
              : [33, 32, 31, 1, 7];
          const wide = sampleCircuit(next, { widths: shapes, inputBits, goldenVectors: 2 });
          const fits = workBytesOf(wide.bitstream.network, wide.bitstream.memory) <= entry.workBytes;
          const deep = fits
            ? wide
            : sampleCircuit(next, {
                widths: [257, 65, 64, 63, 33, 32, 31, 1, 7],
                inputBits: Math.min(inputBits, 3),
                goldenVectors: 2,
              });
          const line = await power.on(entry);
          await line.install(0, deep.bytes);
          for (const [index, input] of deep.inputs.entries()) {
            expect((await line.infer(input))?.outputs).toEqual(deep.outputs[index]);
          }
        },
        60_000,
      );

      it('keeps the confirmed circuit over a reset and power cuts, and no other', async () => {
        const line = await power.on(entry);
        await line.install(0, first.bytes);
        expect((await line.ask({ type: 'reset' })).status).toBe(0);
        await line.knock();
        expect(await line.activeSlot()).toBe(0);
        expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
        await power.off();
        const again = await power.on(entry);
        expect((await again.infer(first.inputs[1]))?.outputs).toEqual(first.outputs[1]);
        if (entry.slotCount === 1) return;
        await again.store(1, second.bytes);
        await again.ask({ type: 'activate', slot: 1 });
        await power.off();
        const third = await power.on(entry);
        expect((await third.infer(first.inputs[1]))?.outputs).toEqual(first.outputs[1]);
        await third.ask({ type: 'activate', slot: 1 });
        await third.ask({ type: 'confirm', slot: 1 });
        await power.off();
        const last = await power.on(entry);
        expect(await last.activeSlot()).toBe(1);
        expect((await last.infer(second.inputs[0]))?.outputs).toEqual(second.outputs[0]);
      }, 60_000);

      it('refuses what does not fit before anything is erased', async () => {
        const line = await power.on(entry);
        await line.install(0, first.bytes);
        const digest = new Uint8Array(32);
        const totalBytes = emulatedSlotBytes(entry) + 4;
        const { status } = await line.ask({ type: 'begin', slot: entry.slotCount - 1, totalBytes, digest });
        expect(status).toBe(STATUS.tooLarge.value);
        expect((await line.infer(first.inputs[0]))?.outputs).toEqual(first.outputs[0]);
      });

      it('answers noise with the status of a damaged frame', async () => {
        const line = await power.on(entry);
        await line.ask({ type: 'hello' });
        line.write(Uint8Array.of(5, 1, 2, 3, 0));
        expect((await line.next()).status).toBe(STATUS.badFrame.value);
      });
    });

    where(entry.layerKinds !== 'counting')(
      'prepares examples and gives the oracle’s outputs for a network with every kind of layer, and refuses one that its RAM does not hold with the bytes',
      async () => {
        const numbers = repeatableNumbers(61);
        const network = overRecordings(pictureNetwork(numbers, 12));
        const { bytes, inputs, outputs } = sampleNetwork(network, randomInputs(numbers, network, 6), 2);
        const session = await openDevice(pathOf(entry), { virtualPorts: freshVirtualPorts() });
        try {
          expect(session.device).toMatchObject({ formatMajor: 2, layerKinds: 'every' });
          expect(await flash(session, bytes)).toMatchObject({ goldenVectors: 2 });
          expect((await session.inferMany(inputs)).map((result) => result.outputs)).toEqual(outputs);
          const extent = entry.workBytes > 100_000 ? 256 : 128;
          const large = pictureNetwork(repeatableNumbers(61), extent);
          const { bitstream, bytes: largeBytes } = sampleNetwork(large, [], 0);
          await expect(flash(session, largeBytes)).rejects.toMatchObject({
            code: 'flash.too-large',
            details: {
              resource: 'ram',
              neededBytes: workBytesOf(bitstream.network, bitstream.memory),
              availableBytes: entry.workBytes,
            },
          });
        } finally {
          await session.close();
        }
      },
      120_000,
    );

    where(entry.layerKinds !== 'counting')(
      'gives the oracle’s outputs for thermometers and what convolutions and pools make of their bits',
      async () => {
        const session = await openDevice(pathOf(entry), { virtualPorts: freshVirtualPorts() });
        try {
          for (const [channels, levels] of [
            [1, 1],
            [1, 3],
            [2, 2],
          ] as const) {
            const numbers = repeatableNumbers(channels + 8 * levels);
            const network = thermometerNetwork(numbers, channels, levels);
            const { bytes, inputs, outputs } = sampleNetwork(network, randomInputs(numbers, network, 4), 1);
            await flash(session, bytes);
            expect((await session.inferMany(inputs)).map((result) => result.outputs)).toEqual(outputs);
          }
        } finally {
          await session.close();
        }
      },
      120_000,
    );

    where(entry.layerKinds === 'counting')('refuses a network of pictures before anything is written', async () => {
      const network = pictureNetwork(repeatableNumbers(61), 12);
      const { bytes } = sampleNetwork(network, randomInputs(repeatableNumbers(3), network, 2), 2);
      const session = await openDevice(pathOf(entry), { virtualPorts: freshVirtualPorts() });
      try {
        await expect(flash(session, bytes)).rejects.toMatchObject({
          code: 'protocol.version-mismatch',
          message: expect.stringContaining('dense binary layers in a row and nothing else') as string,
        });
        expect(await session.slots()).toMatchObject([{ state: 'empty' }]);
      } finally {
        await session.close();
      }
    });

    where(entry.slotCount === 1)(
      'with one slot replaces the circuit that runs, and refuses before it writes',
      async () => {
        const numbers = repeatableNumbers(62);
        const shape = { widths: [24, 12, 3], inputBits: 1, goldenVectors: 2 };
        const [older, newer] = [sampleCircuit(numbers, shape), sampleCircuit(numbers, shape)];
        const wide = sampleCircuit(numbers, { widths: [784, 8, 10], inputBits: 8, goldenVectors: 0 });
        const large = sampleCircuit(numbers, { widths: [784, 160, 10], inputBits: 1, goldenVectors: 0 });
        const session = await openDevice(pathOf(entry), { virtualPorts: freshVirtualPorts() });
        try {
          for (const circuit of [older, newer]) {
            expect((await flash(session, circuit.bytes)).slot).toBe(0);
            expect((await session.infer(circuit.inputs[1])).outputs).toEqual(circuit.outputs[1]);
          }
          const tooLarge = (resource: string) => ({ code: 'flash.too-large', details: { resource } });
          await expect(flash(session, wide.bytes)).rejects.toMatchObject(tooLarge('ram'));
          await expect(flash(session, large.bytes)).rejects.toMatchObject(tooLarge('flash'));
          await expect(flash(session, withWrongGoldenVector(older))).rejects.toThrow('no confirmed circuit now');
          await session.restart();
          expect(session.device.activeSlot).toBeUndefined();
          expect((await flash(session, older.bytes)).slot).toBe(0);
        } finally {
          await session.close();
        }
      },
    );
  });
}

describe.each(inProcess.map((entry) => [entry.id, entry] as const))(
  'the emulator of %s, in this process',
  (_, entry) => {
    let power: Power;
    beforeEach(() => (power = new Power()));
    const board = (): InProcessBoard => power.board as InProcessBoard;
    afterEach(async () => {
      expect(board().fault).toBeUndefined();
      await power.off();
    });
    const moment = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

    it('lets time stand still while it waits', async () => {
      const line = await power.on(entry);
      await line.ask({ type: 'hello' });
      await moment(20);
      const before = board().cycles;
      await moment(40);
      expect(board().cycles).toBe(before);
    });

    it('needs ten bit times for every byte in both directions', async () => {
      const line = await power.on(entry);
      await line.ask({ type: 'hello' });
      await moment(20);
      const before = board().cycles;
      const request = encodeFrame(encodeRequest({ type: 'hello' }, 9));
      line.write(request);
      const reply = await line.next();
      const lineCycles = ((request.length + encodeFrame(reply).length) * 10 * entry.clockHz) / entry.baudRate;
      expect(board().cycles - before).toBeGreaterThan(lineCycles);
      expect(board().cycles - before).toBeLessThan(lineCycles * 1.5);
    });

    it('loses nothing when far more is sent than its buffers hold', async () => {
      const line = await power.on(entry);
      const hello = encodeFrame(encodeRequest({ type: 'hello' }, 3));
      const copies = Math.min(60, Math.floor(entry.windowBytes / hello.length));
      for (let round = 0; round < 3; round++) {
        for (let copy = 0; copy < copies; copy++) line.write(hello);
        for (let copy = 0; copy < copies; copy++) expect((await line.next()).status).toBe(0);
      }
    });

    it('receives while it programs its flash', async () => {
      const line = await power.on(entry);
      const length = entry.maxPayloadBytes >= 512 ? 500 : 64;
      const totalBytes = first.bytes.length;
      const digest = createHash('sha256').update(first.bytes).digest();
      await line.ask({ type: 'begin', slot: 0, totalBytes, digest });
      // Both at once: the second one arrives while the first one is programmed.
      for (const offset of [0, length]) {
        line.send({ type: 'write', offset, data: first.bytes.subarray(offset, offset + length) });
      }
      expect((await line.next()).status).toBe(0);
      expect((await line.next()).status).toBe(0);
      const start = entry.slotAddress - entry.flashAddress;
      const sent = first.bytes.subarray(0, 2 * length);
      const stored = board()
        .readFlash()
        .subarray(start, start + sent.length);
      expect(stored).toEqual(sent);
    });

    it('answers after the power failed at any time of an update, with the old circuit where there are two slots', async () => {
      const line = await power.on(entry);
      await line.install(0, first.bytes);
      const slot = entry.slotCount - 1;
      const kept = board().readFlash();
      for (let turn = 1; turn < 40; turn += 5) {
        const trial = await start(entry, kept);
        const update = new RawLine(trial, PIECE_BYTES).install(slot, second.bytes).catch(() => undefined);
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
    }, 120_000);

    where(entry.slotCount > 1)('records states by clearing bits only', async () => {
      const line = await power.on(entry);
      await line.install(0, first.bytes);
      const before = board().readFlash();
      await line.install(1, first.bytes);
      await line.ask({ type: 'activate', slot: 0 });
      await line.ask({ type: 'confirm', slot: 0 });
      const after = board().readFlash();
      const start = entry.slotAddress - entry.flashAddress;
      const slotA = (bytes: Uint8Array): Uint8Array =>
        bytes.subarray(start, start + entry.slotBytes + entry.sectorBytes);
      expect(slotA(after)).not.toEqual(slotA(before));
      expect(slotA(after).every((byte, index) => (byte & ~slotA(before)[index]) === 0)).toBe(true);
      const { payload } = await line.ask({ type: 'slots' });
      expect(new DataView(payload.buffer, payload.byteOffset + 1).getUint32(SLOT_ENTRY.sequence, true)).toBe(3);
    });

    it('counts the same cycles for the same traffic, whatever the host does meanwhile', async () => {
      const measure = async (milliseconds: number): Promise<number> => {
        const own = new Power();
        const line = await own.on(entry);
        await line.ask({ type: 'hello' });
        await moment(milliseconds);
        await line.install(0, first.bytes);
        await moment(milliseconds);
        await line.infer(first.inputs[0]);
        const { cycles } = own.board as InProcessBoard;
        await own.off();
        return cycles;
      };
      await power.on(entry);
      expect(await measure(50)).toBe(await measure(0));
    });
  },
);

describe.each(inQemu.map((entry) => [entry.id, entry] as const))('the emulator of %s, in QEMU', (_, entry) => {
  it.skipIf(missingTools(...toolsOf(entry)).length > 0)(
    'keeps running while its serial port is closed and opened again, and is gone when it is closed itself',
    async () => {
      const power = new Power();
      await power.on(entry);
      const { path, pid } = power.board as unknown as { readonly path: string; readonly pid: number };
      await power.off();
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      const [port] = freshVirtualPorts()
        .list()
        .filter(({ boardId }) => boardId === entry.id);
      const board = (await port.start(undefined)) as unknown as { readonly path: string; close(): Promise<void> };
      try {
        expect(board.path).toMatch(/^\/dev\//);
        expect(path).toMatch(/^\/dev\//);
        const session = await openDevice(board.path);
        await flash(session, first.bytes);
        await session.close();
        const again = await openDevice(board.path);
        expect(again.device.activeSlot).toBeDefined();
        expect((await again.infer(first.inputs[0])).outputs).toEqual(first.outputs[0]);
        await again.close();
      } finally {
        await board.close();
      }
    },
    60_000,
  );
});

it('has a port for every board there is an image of', () => {
  expect(
    freshVirtualPorts()
      .list()
      .map(({ boardId }) => boardId),
  ).toEqual(boardEntries().map(({ id }) => id));
});

it('has a chip in every emulated Pico that is told apart from the others, and stays what it is', async () => {
  const folder = await temporaryFolder();
  try {
    const idOf = async (flashFile?: string): Promise<string | undefined> => {
      const place = { virtualPorts: freshVirtualPorts(), ...(flashFile === undefined ? {} : { flashFile }) };
      const session = await openDevice('virtual:rp2040', place);
      await session.close();
      return session.device.chipId;
    };
    const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')];
    const ids = [await idOf(one), await idOf(other), await idOf(), await idOf(one)];
    expect(ids[3]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  } finally {
    await folder.dispose();
  }
}, 60_000);

it('says what is wrong when QEMU refuses to start', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    await expect(startQemuBoard(qemuMachine(inQemu[0].id), { image: new Uint8Array(4) })).rejects.toThrow('installed');
  } finally {
    process.env['PATH'] = path;
  }
});
