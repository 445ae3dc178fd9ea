import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATUS } from '../../sdk/src/protocol/constants.js';
import { encodeFrame, encodeRequest, FrameDecoder, type Request } from '../../sdk/src/protocol/index.js';
import { DeviceRig, TEARS, type FlashGeometry, type PowerCut, type Tear } from '../support/device-rig.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit, type SampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const missing = missingTools(...HOST_TOOLS);
const PIECE_BYTES = 192;

const next = repeatableNumbers(11);
const OLD = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 2 });
const NEW = sampleCircuit(next, { widths: [60, 20, 6], inputBits: 3, goldenVectors: 2 });
const CIRCUITS = { old: OLD, new: NEW } as const;
type Running = keyof typeof CIRCUITS | 'none';

/** Sectors and pages as the boards have them, the regions as small as that allows. */
const GEOMETRIES: Readonly<Record<string, FlashGeometry>> = {
  'the Pico, 4 KiB sectors, 256-byte pages': { slots: 2, sectorBytes: 4096, pageBytes: 256, regionBytes: 8192 },
  'the micro:bit, 1 KiB pages, programmed word by word': {
    slots: 2,
    sectorBytes: 1024,
    pageBytes: 4,
    regionBytes: 4096,
  },
  'the Mega, four pages of 256 bytes a sector': { slots: 2, sectorBytes: 1024, pageBytes: 256, regionBytes: 4096 },
  'the STM32F405, a sector for the record alone, programmed word by word': {
    slots: 2,
    sectorBytes: 8192,
    pageBytes: 4,
    regionBytes: 16_384,
  },
  'the Uno, one slot, 128-byte pages': { slots: 1, sectorBytes: 128, pageBytes: 128, regionBytes: 3072 },
};

class PowerFailed extends Error {}

describe.skipIf(missing.length > 0)(titled('a device whose power fails', missing), () => {
  let rig: DeviceRig;
  beforeAll(() => {
    rig = new DeviceRig();
  });
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
  });

  async function ask(request: Request): Promise<Uint8Array> {
    const bytes = await rig.line(encodeFrame(encodeRequest(request, 1)));
    if (!rig.hasPower) throw new PowerFailed();
    const [event] = new FrameDecoder().push(bytes);
    if (event.kind !== 'frame') throw new Error(`The device sent a damaged frame: ${event.reason}`);
    return event.frame.payload;
  }

  async function must(request: Request): Promise<void> {
    const [status] = await ask(request);
    if (status !== STATUS.ok.value) throw new Error(`${request.type} was refused with status ${status}`);
  }

  const activeSlot = async (): Promise<number> => (await ask({ type: 'hello' }))[8];

  /** A whole update, in the slot that is free. */
  async function update({ bytes }: SampleCircuit, { slots }: FlashGeometry): Promise<void> {
    const slot = slots === 2 && (await activeSlot()) === 0 ? 1 : 0;
    const digest = createHash('sha256').update(bytes).digest();
    await must({ type: 'begin', slot, totalBytes: bytes.length, digest });
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      await must({ type: 'write', offset, data: bytes.subarray(offset, offset + PIECE_BYTES) });
    }
    for (const type of ['verify', 'activate', 'confirm'] as const) await must({ type, slot });
  }

  /** What answers, checked against what it has to answer. */
  async function running(): Promise<Running> {
    if ((await activeSlot()) === 0xff) return 'none';
    const digest = Buffer.from(await ask({ type: 'slots' })).toString('hex');
    for (const [name, { inputs, outputs }] of Object.entries(CIRCUITS)) {
      await ask({ type: 'input', offset: 0, data: inputs[0] });
      const reply = Buffer.from(await ask({ type: 'infer' }));
      const expected = Buffer.from(outputs[0].buffer);
      if (reply[0] === STATUS.ok.value && reply.subarray(9).equals(expected)) return name as Running;
    }
    throw new Error(`Neither circuit answers: ${digest}`);
  }

  /** An update that is cut; what runs when the power is back. */
  async function cutShort(circuit: SampleCircuit, geometry: FlashGeometry): Promise<Running> {
    await expect(update(circuit, geometry)).rejects.toBeInstanceOf(PowerFailed);
    await rig.restart();
    return await running();
  }

  /** Flash with the old circuit confirmed, and something to erase in the other slot; how many operations an update takes. */
  async function prepare(geometry: FlashGeometry): Promise<{ flash: Uint8Array; operations: number }> {
    await rig.powerOn(geometry);
    if (geometry.slots === 2) await update(NEW, geometry);
    await update(OLD, geometry);
    const flash = await rig.readFlash();
    const before = await rig.operations();
    await update(NEW, geometry);
    return { flash, operations: (await rig.operations()) - before };
  }

  describe.each(Object.entries(GEOMETRIES))('on flash as of %s', (_, geometry) => {
    const other = geometry.slots === 1 ? 'none' : 'old';

    it.each(TEARS)(
      'boots the old or the new circuit whatever operation of an update is cut (torn: %s)',
      async (tear: Tear) => {
        const { flash, operations } = await prepare(geometry);
        const outcomes: Running[] = [];
        for (let afterOperations = 0; afterOperations < operations; afterOperations++) {
          await rig.powerOn(geometry, flash, { afterOperations, tear });
          outcomes.push(await cutShort(NEW, geometry));
          // And nothing that was left behind stands in the way of another update.
          await update(NEW, geometry);
          expect(await running()).toBe('new');
        }
        // The confirmation is the last operation; with one slot, the record of the old circuit goes first.
        const last = outcomes.pop();
        expect(last).toBe(tear === 'done' ? 'new' : other);
        const first = outcomes.shift();
        expect(first === 'old' || first === other).toBe(true);
        expect(new Set(outcomes)).toEqual(new Set([other]));
      },
    );
  });

  /** The other slot's circuit takes over: activate, confirm. */
  async function toggle(slot: number): Promise<void> {
    for (const type of ['activate', 'confirm'] as const) await must({ type, slot });
  }

  it.each(TEARS)(
    'boots what it booted before, or what was confirmed, when a full record is written anew and that is cut (torn: %s)',
    async (tear: Tear) => {
      // Nine confirmations fill the sector.
      const geometry: FlashGeometry = { slots: 2, sectorBytes: 128, pageBytes: 128, regionBytes: 3072 };
      await rig.powerOn(geometry);
      await update(NEW, geometry);
      await update(OLD, geometry);
      for (let turn = 0; turn < 8; turn++) for (const slot of [0, 1]) await toggle(slot);
      const full = await rig.readFlash();
      const before = await rig.operations();
      await toggle(0);
      const operations = (await rig.operations()) - before;
      expect(operations).toBe(4); // an erase, its count, the record, a confirmation
      for (let afterOperations = 0; afterOperations < operations; afterOperations++) {
        await rig.powerOn(geometry, full, { afterOperations, tear });
        await expect(toggle(0)).rejects.toBeInstanceOf(PowerFailed);
        await rig.restart();
        const isConfirmed = tear === 'done' && afterOperations === operations - 1;
        expect(await running(), `cut at ${afterOperations}`).toBe(isConfirmed ? 'new' : 'old');
        // And nothing that was left behind stands in the way of another update.
        await update(NEW, geometry);
        expect(await running()).toBe('new');
        await rig.restart();
        expect(await running()).toBe('new');
      }
    },
  );

  it('takes any number of torn confirmations, also with one slot', async () => {
    const geometry = GEOMETRIES['the Uno, one slot, 128-byte pages'];
    await rig.powerOn(geometry);
    await update(NEW, geometry);
    const flash = await rig.readFlash();
    const before = await rig.operations();
    await update(OLD, geometry);
    const confirmation = (await rig.operations()) - before - 1;
    await rig.powerOn(geometry, flash, { afterOperations: confirmation, tear: 'bits' });
    expect(await cutShort(OLD, geometry)).toBe('none');
    for (let torn = 1; torn < 9; torn++) {
      await rig.restart({ afterOperations: 0, tear: 'bits' });
      await expect(toggle(0)).rejects.toBeInstanceOf(PowerFailed);
    }
    await rig.restart();
    expect(await running()).toBe('none');
    await toggle(0);
    await rig.restart();
    expect(await running()).toBe('old');
  });

  it('fails again while the interrupted update is repeated, at any operation, and still boots', async () => {
    const geometry = GEOMETRIES['the Mega, four pages of 256 bytes a sector'];
    const { flash, operations } = await prepare(geometry);
    for (let first = 0; first < operations; first++) {
      await rig.powerOn(geometry, flash, { afterOperations: first, tear: 'bits' });
      expect(await cutShort(NEW, geometry)).toBe('old');
      const torn = await rig.readFlash();
      for (let second = 0; second < operations; second++) {
        const cut: PowerCut = { afterOperations: second, tear: TEARS[(first + second) % TEARS.length] };
        await rig.powerOn(geometry, torn, cut);
        const running = await cutShort(NEW, geometry);
        expect(running, `cut at ${first}, then ${second}`).toBe(
          cut.tear === 'done' && second === operations - 1 ? 'new' : 'old',
        );
      }
    }
  });
});
