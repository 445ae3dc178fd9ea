import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdiabitError } from '@adiabit/simulator/errors';
import { MESSAGE_TYPE } from '../protocol/constants.js';
import { DeviceSession } from './session.js';
import { ManualClock } from './testing/manual-clock.js';
import { ScriptedDevice, type Fate, type ScriptedDeviceOptions } from './testing/scripted-device.js';

async function connect(options: ScriptedDeviceOptions = {}) {
  const device = new ScriptedDevice(options);
  const clock = new ManualClock(() => device.isBusy);
  const session = await clock.until(DeviceSession.open(device, { clock }));
  return { clock, device, session };
}

const u32 = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
const inputsOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => u32(1000 + index));

/** Fates in a random order, mostly good ones. */
const fates = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('pass') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Fate>('lose', 'loseReply', 'damage', 'damageReply', 'duplicateReply'),
    },
  ),
  { minLength: 1, maxLength: 120 },
);

describe('a session', () => {
  it('sends a line end to a line that stays silent, and says what a console then shows', async () => {
    const console = new ScriptedDevice();
    const clock = new ManualClock(() => false);
    console.write = (bytes) => {
      if (bytes.includes(10)) console.say(new TextEncoder().encode('\r\nlogin: '));
      return Promise.resolve();
    };
    await expect(clock.until(DeviceSession.open(console, { clock }))).rejects.toMatchObject({
      code: 'protocol.unexpected-reply',
      message: expect.stringContaining('text ("login: ")') as string,
    });
    expect(clock.now()).toBe(3000);
  });

  it('tries hello three times, a second each, before it says that nothing answers', async () => {
    const silent = new ScriptedDevice();
    const clock = new ManualClock(() => false);
    silent.write = () => Promise.resolve();
    await expect(clock.until(DeviceSession.open(silent, { clock }))).rejects.toMatchObject({
      code: 'transport.timeout',
      message: expect.stringContaining('Nothing answers on scripted device') as string,
    });
    expect(clock.now()).toBe(3000);
  });

  it.each([
    [2, 'Update Adiabit'],
    [0, 'Update the firmware'],
  ])('with a device of protocol %i says which side to update', async (protocolMajor, advice) => {
    await expect(connect({ protocolMajor })).rejects.toMatchObject({
      code: 'protocol.version-mismatch',
      message: expect.stringContaining(advice) as string,
    });
  });

  it('does not ask a device of an older protocol what it cannot know, and says to update it', async () => {
    const { clock, device, session } = await connect();
    expect(session.canInspect).toBe(false);
    const asked = device.seen.length;
    const [network, memory] = [
      { input: { count: 1, bits: 1 }, layers: [] },
      { arenaBytes: 0, outputs: [] },
    ];
    for (const refused of [
      () => session.readSlot(0),
      () => session.readDescription(0),
      () => session.layerValues({ network, memory }, new Uint8Array(1), -1),
    ]) {
      await expect(clock.until<unknown>(refused())).rejects.toMatchObject({
        code: 'device.unknown-message',
        message: expect.stringContaining('Update the firmware') as string,
      });
    }
    expect(device.seen).toHaveLength(asked);
  });

  it('gives up a request after five resends, two seconds each', async () => {
    const { clock, device, session } = await connect({ fate: () => 'lose' });
    const startMs = clock.now();
    await expect(clock.until(session.slots())).rejects.toMatchObject({ code: 'transport.timeout' });
    expect(clock.now() - startMs).toBe(12_000);
    expect(device.seen.filter((type) => type === MESSAGE_TYPE.slots)).toHaveLength(6);
  });

  it('waits for an erase as long as its size asks for', async () => {
    const { clock, session } = await connect({ fate: (index) => (index === 0 ? 'lose' : 'pass') });
    const startMs = clock.now();
    await clock.until(session.begin(1, 10_000, new Uint8Array(32)));
    expect(clock.now() - startMs).toBe(5000);
  });

  it('sends again at once when the device got a damaged request', async () => {
    const { clock, session } = await connect({ fate: (index) => (index === 0 ? 'damage' : 'pass') });
    const startMs = clock.now();
    await clock.until(session.begin(1, 10_000, new Uint8Array(32)));
    expect(clock.now()).toBe(startMs);
    expect(session.statistics).toMatchObject({ resends: 1, damagedFrames: 1 });
  });

  it('blames the line when everything arrives damaged', async () => {
    const { clock, session } = await connect({ fate: (index) => (index % 2 ? 'damage' : 'damageReply') });
    await expect(clock.until(session.infer(u32(1)))).rejects.toBeInstanceOf(AdiabitError);
  });

  it('is over at once for all that wait when the device vanishes', async () => {
    const { clock, device, session } = await connect({ fate: () => 'lose' });
    const both = Promise.allSettled([session.slots(), session.infer(u32(1))]);
    setImmediate(() => device.vanish());
    for (const outcome of await clock.until(both)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'transport.disconnected' } });
    }
  });

  it('that is cancelled goes on with the next request', async () => {
    const { clock, session } = await connect({ fate: (index) => (index < 8 ? 'lose' : 'pass') });
    const controller = new AbortController();
    const cancelled = session.inferMany(inputsOf(3), { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(clock.until(cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    expect((await clock.until(session.infer(u32(7)))).outputs).toEqual(Int32Array.of(7));
  });

  it('does not take noise for a sign of life', async () => {
    const { clock, device, session } = await connect({ fate: () => 'lose' });
    const startMs = clock.now();
    const noise = (): void => {
      device.say(Uint8Array.of(1, 2, 3, 0));
      if (clock.now() - startMs < 60_000) clock.after(500, noise);
    };
    noise();
    await expect(clock.until(session.infer(u32(1)))).rejects.toBeInstanceOf(AdiabitError);
    expect(clock.now() - startMs).toBeLessThanOrEqual(12_000);
  });

  it('sends an infer again together with its input: what follows has overwritten the buffer', async () => {
    // Requests: input 0, infer 0 (lost), input 1, infer 1, ...: a resent infer 0 alone would see input 1.
    const { clock, session } = await connect({ fate: (index) => (index === 1 ? 'lose' : 'pass') });
    const results = await clock.until(session.inferMany(inputsOf(4)));
    expect(results.map(({ outputs }) => outputs[0])).toEqual([1000, 1001, 1002, 1003]);
  });
});

describe('over any sequence of losses, damage and duplicates', () => {
  it('every inference that is answered is right, and the window is kept', async () => {
    await fc.assert(
      fc.asyncProperty(fates, fc.constantFrom(40, 64, 256), async (script, windowBytes) => {
        const { clock, device, session } = await connect({
          windowBytes,
          fate: (index) => script[index % script.length],
        });
        const inputs = inputsOf(20);
        const results = await clock.until(session.inferMany(inputs)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(AdiabitError);
        });
        results?.forEach(({ outputs }, index) => expect(u32(outputs[0])).toEqual(inputs[index]));
        expect(device.mostWaitingBytes).toBeLessThanOrEqual(windowBytes);
      }),
      { numRuns: 150 },
    );
  });

  it('what is written is stored whole, once and in order, or an error says so', async () => {
    await fc.assert(
      fc.asyncProperty(fates, fc.integer({ min: 1, max: 700 }), async (script, length) => {
        const { clock, device, session } = await connect({ fate: (index) => script[index % script.length] });
        const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
        const progress: number[] = [];
        const error: unknown = await clock
          .until(session.write(bytes, (stored) => progress.push(stored)))
          .then(() => undefined)
          .catch((reason: unknown) => reason);
        if (error === undefined) {
          expect(device.stored).toEqual([...bytes]);
          expect(progress.at(-1)).toBe(length);
        } else {
          expect(error).toBeInstanceOf(AdiabitError);
          expect(device.stored).toEqual([...bytes.subarray(0, device.stored.length)]);
        }
        expect(progress).toEqual([...progress].sort((a, b) => a - b));
        expect(device.mostWaitingBytes).toBeLessThanOrEqual(256);
      }),
      { numRuns: 150 },
    );
  });
});
