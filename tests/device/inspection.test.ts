import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeBitstream, packInput } from '@adiabit/simulator/bitstream';
import { createOracle, planMemory, valuesOfInput } from '@adiabit/simulator/network';
import { DeviceSession, faultTransport, flash } from '@adiabit/sdk/device';
import { randomInputs, randomLayers } from '../../simulator/src/network/testing/random-layers.js';
import { DeviceRig, RigLine, type FlashGeometry } from '../support/device-rig.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(71);
const small = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const large = sampleCircuit(next, { widths: [300, 120, 10], inputBits: 4, goldenVectors: 9 });

const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('what a device shows of what it holds', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let session: DeviceSession;
  const device = (name = 'flash') => new HostDevice(join(folder.path, name));

  beforeEach(async () => {
    folder = await temporaryFolder();
    session = await DeviceSession.open(device());
  });
  afterEach(async () => {
    await session.close();
    await folder.dispose();
  });

  it('the id of its chip: the same from one start to the next, and another one on another device', async () => {
    const other = await DeviceSession.open(device('other'));
    expect(other.device.chipId).toMatch(/^[0-9a-f]{8}$/);
    expect(other.device.chipId).not.toBe(session.device.chipId);
    expect((await other.restart()).chipId).toBe(other.device.chipId);
    await other.close();
  });

  it('a whole slot, byte for byte, with progress', async () => {
    const { slot } = await flash(session, large.bytes);
    const done: number[] = [];
    const onProgress = (progress: { done: number; total: number }): void => {
      expect(progress.total).toBe(large.bytes.length);
      done.push(progress.done);
    };
    expect(Buffer.compare(await session.readSlot(slot, { onProgress }), large.bytes)).toBe(0);
    expect(done.length).toBeGreaterThan(3);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(large.bytes.length);
  });

  it('a whole slot and every value over a line that loses, changes and repeats frames', async () => {
    const { slot } = await flash(session, large.bytes);
    await session.close();
    const line = faultTransport(device(), { seed: 3, drop: 0.02, duplicate: 0.05, flip: 0.02, split: 0.3 });
    session = await DeviceSession.open(line, { patience: 0.2 });
    for (let round = 0; round < 5; round++) {
      expect(Buffer.compare(await session.readSlot(slot), large.bytes)).toBe(0);
      const values = await session.layerValues(large.bitstream, large.inputs[1], 1);
      expect(values).toEqual(large.outputs[1]);
    }
    expect(session.statistics.resends).toBeGreaterThan(0);
  }, 60_000);

  it('what a bitstream says of itself, from a few hundred of its bytes', async () => {
    const trainedOn = { kind: 'picture', shape: [15, 20], classNames: ['cat', 'dog'] } as const;
    const description = { ...large.bitstream.description, name: 'pets', trainedOn };
    const { slot } = await flash(session, encodeBitstream({ ...large.bitstream, description }));
    const before = session.statistics.bytesReceived;
    expect(await session.readDescription(slot)).toMatchObject({
      inputCount: 300,
      inputBits: 4,
      outputCount: 10,
      layerCount: 2,
      description,
    });
    expect(session.statistics.bytesReceived - before).toBeLessThan(1000);
  });

  it('nothing of a slot that is empty, or does not exist', async () => {
    for (const slot of [0, 1, 2, 200]) {
      await expect(session.readSlot(slot)).rejects.toMatchObject({ code: 'device.slot-unavailable' });
      await expect(session.readDescription(slot)).rejects.toMatchObject({ code: 'device.slot-unavailable' });
    }
  });

  it('no values without a circuit', async () => {
    await expect(session.layerValues(small.bitstream, small.inputs[0], 0)).rejects.toMatchObject({
      code: 'device.no-circuit',
    });
  });

  it('the values of every layer as the oracle has them, whatever the layers are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (noise) => {
        const number = (below: number): number => Number(noise.next().value) % below;
        const network = randomLayers(number);
        const memory = planMemory(network);
        const bitstream = {
          network,
          memory,
          goldenVectors: [],
          description: { name: 'sample', modelDigest: '00', compiler: 'tests' },
        };
        await flash(session, encodeBitstream(bitstream));
        const [input] = randomInputs(number, network, 1);
        const packed = packInput(input, network.input.count, network.input.bits);
        const trace = createOracle(network)(input);
        expect(await session.layerValues(bitstream, packed, -1)).toEqual(valuesOfInput(network.input, input));
        for (const [layer, values] of trace.values.entries()) {
          expect(await session.layerValues(bitstream, packed, layer)).toEqual(values);
        }
        expect((await session.infer(packed)).outputs).toEqual(trace.outputs);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  it('values that no other request has changed, while others ask at the same time', async () => {
    await flash(session, small.bytes);
    const hidden = createOracle(small.bitstream.network);
    const unpacked = (packed: Uint8Array): Uint8Array =>
      Uint8Array.from({ length: 40 }, (_, index) => (packed[index >> 3] >> (index & 7)) & 1);
    const all = await Promise.all(
      small.inputs.flatMap((input) => [session.layerValues(small.bitstream, input, 0), session.infer(input)]),
    );
    small.inputs.forEach((input, index) => {
      expect(all[2 * index]).toEqual(hidden(unpacked(input)).values[0]);
      expect(all[2 * index + 1]).toMatchObject({ outputs: small.outputs[index] });
    });
  });
});

describe.skipIf(missing.length > 0)(titled('a slot whose flash has decayed', missing), () => {
  const geometry: FlashGeometry = { slots: 2, sectorBytes: 4096, pageBytes: 256, regionBytes: 8192 };
  let rig: DeviceRig;
  beforeAll(async () => {
    rig = new DeviceRig();
    await rig.powerOn(geometry);
  });
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
  });

  it('is read, and found to be another one than was verified', async () => {
    const session = await DeviceSession.open(new RigLine(rig));
    expect(session.device.chipId).toBeUndefined();
    const { slot } = await flash(session, small.bytes);
    await rig.decay(slot * geometry.regionBytes + 300, 0x10);
    await expect(session.readSlot(slot)).rejects.toMatchObject({ code: 'device.digest-mismatch' });
    await rig.decay(slot * geometry.regionBytes + 300, 0x10);
    expect(Buffer.compare(await session.readSlot(slot), small.bytes)).toBe(0);
    await session.close();
  });
});
