import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, bitstreamDigest } from '@adiabit/simulator';
import { toHex } from '@adiabit/simulator/bits';
import { readPrivateKey, readPublicKey, signBitstream } from '@adiabit/sdk';
import { generateKeys } from '@adiabit/sdk/signature';
import { DeviceSession, FLASH_PHASES, flash, type FlashProgress } from '@adiabit/sdk/device';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { classOf, sampleCircuit, withWrongGoldenVector } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(11);
const first = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const second = sampleCircuit(next, { widths: [100, 33, 10], inputBits: 4, goldenVectors: 20 });

const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('a session with the real firmware', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let session: DeviceSession;
  const start = () => DeviceSession.open(new HostDevice(join(folder.path, 'flash')));

  beforeEach(async () => {
    folder = await temporaryFolder();
    session = await start();
  });
  afterEach(async () => {
    await session.close();
    await folder.dispose();
  });

  it('learns what is there', () => {
    expect(session.device).toMatchObject({ boardId: 'host', slotCount: 2, activeSlot: undefined });
    expect(session.device.protocol.major).toBe(1);
  });

  it('refuses to infer without a circuit and says what to do', async () => {
    await expect(session.infer(new Uint8Array(4))).rejects.toMatchObject({
      code: 'device.no-circuit',
      status: 'noCircuit',
      message: expect.stringContaining('Flash a circuit first') as string,
    });
  });

  it('flashes a circuit through all phases, and the circuit answers as computed by hand', async () => {
    const progress: FlashProgress[] = [];
    const result = await flash(session, second.bytes, { onProgress: (step) => progress.push(step) });
    expect(result).toMatchObject({
      slot: 0,
      bytes: second.bytes.length,
      digest: toHex(bitstreamDigest(second.bytes)),
      goldenVectors: 20,
      resends: 0,
    });
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(FLASH_PHASES);
    expect(progress.at(-1)).toMatchObject({ phase: 'confirm', bytes: second.bytes.length, secondsLeft: 0 });
    const results = await session.inferMany(second.inputs);
    expect(results.map(({ outputs }) => outputs)).toEqual(second.outputs);
    expect(results.map((one) => one.class)).toEqual(second.outputs.map(classOf));
  });

  it('alternates the slots, and the newest confirmed circuit survives a power cut', async () => {
    expect((await flash(session, first.bytes)).slot).toBe(0);
    expect((await flash(session, second.bytes)).slot).toBe(1);
    expect((await flash(session, first.bytes)).slot).toBe(0);
    await session.close();
    session = await start();
    expect(session.device.activeSlot).toBe(0);
    expect((await session.infer(first.inputs[0])).outputs).toEqual(first.outputs[0]);
  });

  it('keeps the old circuit when the self-test fails', async () => {
    await flash(session, first.bytes);
    await expect(flash(session, withWrongGoldenVector(second))).rejects.toMatchObject({
      code: 'flash.self-test-failed',
    });
    expect((await session.infer(first.inputs[1])).outputs).toEqual(first.outputs[1]);
  });

  it.each(FLASH_PHASES)('keeps the old circuit when cancelled as the phase %s begins', async (phase) => {
    await flash(session, first.bytes);
    const controller = new AbortController();
    const cancelled = flash(session, second.bytes, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) controller.abort();
      },
    });
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    await session.hello();
    expect(session.device.activeSlot).toBe(0);
    expect((await session.infer(first.inputs[2])).outputs).toEqual(first.outputs[2]);
  });

  it('sends a circuit on trial away before it flashes another one', async () => {
    await flash(session, first.bytes);
    await session.begin(1, second.bytes.length, bitstreamDigest(second.bytes));
    await session.write(second.bytes);
    await session.verify(1);
    await session.activate(1);
    expect((await flash(session, second.bytes)).slot).toBe(1);
    expect((await session.slots()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
  });

  it('refuses the slot that runs and a slot that is not there, before it writes', async () => {
    await flash(session, first.bytes);
    await expect(flash(session, second.bytes, { slot: 0 })).rejects.toThrow('Slot 0 runs the present circuit');
    await expect(flash(session, second.bytes, { slot: 7 })).rejects.toThrow('Slot 7 does not exist');
    expect((await session.slots()).map(({ state }) => state)).toEqual(['confirmed', 'empty']);
  });

  it('refuses a circuit that does not fit, with bytes needed and available, before it erases', async () => {
    const large = sampleCircuit(next, { widths: [70000, 40], inputBits: 1, goldenVectors: 0 });
    await expect(flash(session, large.bytes)).rejects.toMatchObject({
      code: 'flash.too-large',
      details: { resource: 'flash', neededBytes: large.bytes.length, availableBytes: session.device.slotBytes },
    });
  });

  it('flashes a signed circuit, whose manifest the host keeps to itself, and nothing else where a signature is asked for', async () => {
    const keys = generateKeys();
    const trustedKey = readPublicKey(keys.publicKey);
    const options = { product: 'acme-doorbell', securityCounter: 0 };
    const signed = signBitstream(second.bytes, readPrivateKey(keys.privateKey), options);
    await flash(session, signed, { trustedKey });
    expect((await session.infer(second.inputs[0])).outputs).toEqual(second.outputs[0]);
    const { bytesSent } = session.statistics;
    const unsigned = flash(session, first.bytes, { trustedKey });
    await expect(unsigned).rejects.toMatchObject({ code: 'signature.missing' });
    const signedByOther = signBitstream(first.bytes, readPrivateKey(generateKeys().privateKey), options);
    await expect(flash(session, signedByOther, { trustedKey })).rejects.toMatchObject({ code: 'signature.other-key' });
    expect(session.statistics.bytesSent).toBe(bytesSent);
  });

  it('answers requests in turn when many are asked at once', async () => {
    await flash(session, first.bytes);
    const [one, slots, two] = await Promise.all([
      session.infer(first.inputs[0]),
      session.slots(),
      session.infer(first.inputs[1]),
    ]);
    expect([one.outputs, two.outputs]).toEqual(first.outputs.slice(0, 2));
    expect(slots).toHaveLength(2);
  });

  it('says that the device is gone when its process ends', async () => {
    await session.close();
    await expect(session.hello()).rejects.toMatchObject({ code: 'transport.disconnected' });
  });

  afterAll(() => expect(first.outputs[0]).not.toEqual(first.outputs[1]));
});
