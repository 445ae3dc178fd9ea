import { isInProcess, type InProcessBoard } from '@adiabit/simulator/boards';
import { freshVirtualPorts } from '@adiabit/sdk/device';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SLOT_ENTRY, STATUS } from '../../sdk/src/protocol/constants.js';
import { ABSURD_LENGTHS, WEAR_ATTACKS, type WearAttackName, type WearTarget } from '../campaigns/wear-attacks.js';
import { runWearAttack, WEAR_GEOMETRIES } from '../campaigns/wear-run.js';
import { boardEntries, type BoardEntry } from '../support/board-files.js';
import { DeviceRig } from '../support/device-rig.js';
import { repeatableNumbers } from '../support/numbers.js';
import { RawLine } from '../support/raw-line.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const TIMES = 400;
/** What a slot waits in all when it is erased TIMES times: 1/256 s for every erase that it has had. */
const WAITS_SECONDS = (TIMES * (TIMES - 1)) / 2 / 256;

/** Attacks that get nothing erased that matters. */
const HARMLESS: readonly WearAttackName[] = [
  'begins with absurd lengths',
  'begins alone',
  'begins, a reset after each',
  'writes after one begin',
];
/** Attacks that get an erase each time, but later and later. */
const SLOWED: readonly WearAttackName[] = [
  'begins, a first piece after each',
  'begins, a first piece and a reset after each',
  'whole circuits',
];

const missing = missingTools(...HOST_TOOLS);
describe.skipIf(missing.length > 0)(titled('the flash of a device under attack', missing), () => {
  let rig: DeviceRig;
  beforeAll(() => {
    rig = new DeviceRig();
  });
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
  });

  describe.each(Object.entries(WEAR_GEOMETRIES))('as of the board %s', (_, geometry) => {
    it.each(HARMLESS)('is erased once at most by %s', async (name) => {
      const { erases, keepsCircuit } = await runWearAttack(rig, geometry, name, TIMES);
      expect(erases).toBeLessThanOrEqual(1);
      expect(keepsCircuit).toBe(geometry.slots === 2 || name !== 'writes after one begin');
    });

    it.each(SLOWED)('is erased later and later by %s', async (name) => {
      const { erases, waitedSeconds } = await runWearAttack(rig, geometry, name, TIMES);
      expect(erases).toBe(TIMES);
      expect(waitedSeconds).toBeGreaterThanOrEqual(WAITS_SECONDS);
    });

    it('takes a count that was lost with the power for a high one', async () => {
      const name = 'begins, the power cut when the count is erased';
      const { erases, waitedSeconds } = await runWearAttack(rig, geometry, name, 20);
      expect(waitedSeconds / erases).toBeGreaterThan(0.9);
    });
  });

  it('is not erased for what is no bitstream where there is one slot, which keeps its circuit', async () => {
    const { erases, keepsCircuit } = await runWearAttack(
      rig,
      WEAR_GEOMETRIES.uno,
      'writes of what is no bitstream',
      TIMES,
    );
    expect([erases, keepsCircuit]).toEqual([0, true]);
  });

  it('is erased once in a hundred confirmations', async () => {
    const { erases } = await runWearAttack(rig, WEAR_GEOMETRIES.mega, 'confirms in turn', 2000);
    expect(erases).toBeLessThanOrEqual(1 + 1000 / 100);
  });
});

const next = repeatableNumbers(31);
const shape = { widths: [33, 17, 5], inputBits: 1, goldenVectors: 1 };
const circuit = sampleCircuit(next, shape);
const other = sampleCircuit(next, shape);
const PIECE_BYTES = 128;

const inProcess = boardEntries().filter(({ emulator }) => emulator !== undefined && emulator.kind !== 'qemu');
describe.each(inProcess.map((entry) => [entry.id, entry] as const))(
  'the emulated board %s under attack',
  (_, entry) => {
    const slot = entry.slotCount - 1;
    let board: InProcessBoard;
    let line: RawLine;

    const start = async ({ id }: BoardEntry, kept?: Uint8Array): Promise<void> => {
      const started = await freshVirtualPorts()
        .list()
        .find(({ boardId }) => boardId === id)!
        .start(kept);
      if (!isInProcess(started)) throw new Error(`${id} is emulated elsewhere.`);
      board = started;
      line = new RawLine(board, PIECE_BYTES);
    };
    const target: WearTarget = {
      slot,
      circuit: other.bytes,
      ask: async (request) => (await line.ask(request)).status,
      restart: async () => {
        await line.ask({ type: 'reset' });
        await line.catchUp();
      },
    };
    const erases = async (): Promise<number> => {
      const { payload } = await line.ask({ type: 'slots' });
      return Buffer.from(payload).readUInt16LE(1 + slot * SLOT_ENTRY.size + SLOT_ENTRY.erases);
    };

    beforeEach(async () => {
      await start(entry);
      await line.install(0, circuit.bytes);
    });
    afterEach(() => {
      expect(board.fault).toBeUndefined();
      board.close();
    });

    it('erases nothing for begins alone and absurd lengths, and goes on answering', async () => {
      await WEAR_ATTACKS['begins alone'](target, 2);
      const before = await erases();
      const flash = board.readFlash();
      await WEAR_ATTACKS['begins alone'](target, 8);
      await WEAR_ATTACKS['begins with absurd lengths'](target, ABSURD_LENGTHS.length);
      expect(await erases()).toBe(before);
      expect(Buffer.from(flash).equals(board.readFlash())).toBe(true);
      expect((await line.infer(circuit.inputs[0]))?.outputs).toEqual(circuit.outputs[0]);
    }, 120_000);

    it('counts its erases over resets', async () => {
      const before = await erases();
      await WEAR_ATTACKS['begins, a first piece and a reset after each'](target, 6);
      expect(await erases()).toBe(before + 6);
    }, 120_000);

    it('waits the longer, the more there were', async () => {
      const counted = 64;
      await WEAR_ATTACKS['begins, a first piece after each'](target, 1);
      const flash = Buffer.from(board.readFlash());
      const region = entry.slotBytes + entry.sectorBytes;
      const count = entry.slotAddress - entry.flashAddress + slot * region + entry.slotBytes + 44;
      expect(flash.readUInt32LE(count)).toBe(((await erases()) | (~(await erases()) << 16)) >>> 0);
      flash.writeUInt32LE((counted | (~counted << 16)) >>> 0, count);
      board.close();
      await start(entry, flash);
      expect(await erases()).toBe(counted);
      const before = board.cycles;
      expect(
        await target.ask({ type: 'begin', slot, totalBytes: other.bytes.length, digest: new Uint8Array(32) }),
      ).toBe(0);
      expect((board.cycles - before) / entry.clockHz).toBeGreaterThan(counted / 256);
    }, 120_000);

    // A board with two slots never gives up the one that runs.
    if (entry.slotCount === 1) {
      it('gives its only circuit up for another one, not for one frame or noise', async () => {
        const digest = new Uint8Array(32);
        expect(await target.ask({ type: 'begin', slot, totalBytes: other.bytes.length, digest })).toBe(0);
        const noise = { type: 'write', offset: 0, data: new Uint8Array(PIECE_BYTES) } as const;
        expect(await target.ask(noise)).toBe(STATUS.badBitstream.value);
        expect((await line.infer(circuit.inputs[0]))?.outputs).toEqual(circuit.outputs[0]);
        board.powerCycle();
        line = new RawLine(board, PIECE_BYTES);
        expect((await line.infer(circuit.inputs[0]))?.outputs).toEqual(circuit.outputs[0]);
        await line.install(slot, other.bytes);
        expect((await line.infer(other.inputs[0]))?.outputs).toEqual(other.outputs[0]);
      });
    }
  },
);
