import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, encodeFrame } from '../protocol/frames.js';
import { faultTransport, type LineFaults } from './fault-transport.js';
import { ManualClock } from './testing/manual-clock.js';
import type { TransportError } from './errors.js';
import { Listeners, type Transport } from './transport.js';

/** A cable that ends in an array. */
class Loose implements Transport {
  readonly description = 'loose end';
  readonly arrived: Uint8Array[] = [];
  readonly #data = new Listeners<Uint8Array>();
  isClosed = false;
  write(bytes: Uint8Array): Promise<void> {
    this.arrived.push(bytes);
    return Promise.resolve();
  }
  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (): (() => void) => () => undefined;
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
  say = (bytes: Uint8Array): void => this.#data.emit(bytes);
}

const FRAMES = Array.from({ length: 40 }, (_, index) =>
  encodeFrame({ type: 4, sequence: index, payload: Uint8Array.of(index, 0, index) }),
);

/** What arrives of FRAMES behind a bad line. */
async function carry(faults: LineFaults) {
  const loose = new Loose();
  const clock = new ManualClock(() => false);
  const line = faultTransport(loose, faults, clock);
  for (const frame of FRAMES) await line.write(frame);
  let waited: (() => void) | undefined;
  clock.after(10_000, () => waited?.());
  await clock.until(new Promise<void>((resolve) => (waited = resolve)));
  return { bytes: Uint8Array.from(Buffer.concat(loose.arrived)), pieces: loose.arrived, counts: line.counts };
}

const sequencesIn = (bytes: Uint8Array): number[] =>
  new FrameDecoder().push(bytes).flatMap((event) => (event.kind === 'frame' ? [event.frame.sequence] : []));

describe('a bad line', () => {
  it('without faults changes nothing', async () => {
    expect((await carry({ seed: 1 })).bytes).toEqual(Uint8Array.from(Buffer.concat(FRAMES)));
  });

  it('does the same again for the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const faults = { seed, drop: 0.2, flip: 0.2, duplicate: 0.2, split: 0.2, delay: 0.2 };
        const [one, two] = [await carry(faults), await carry(faults)];
        expect(one.bytes).toEqual(two.bytes);
        expect(one.counts).toEqual(two.counts);
      }),
      { numRuns: 20 },
    );
  });

  it('that only cuts and delays delivers every byte in order', async () => {
    const { bytes, pieces, counts } = await carry({ seed: 3, split: 0.5, delay: 0.5 });
    expect(bytes).toEqual(Uint8Array.from(Buffer.concat(FRAMES)));
    expect(pieces.length).toBeGreaterThan(FRAMES.length);
    expect(counts.split).toBeGreaterThan(0);
    expect(counts.delay).toBeGreaterThan(0);
  });

  it('keeps the order of what it lets through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { bytes } = await carry({ seed, drop: 0.2, flip: 0.2, duplicate: 0.2, delay: 0.3 });
        const sequences = sequencesIn(bytes);
        expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });

  it('told to reorder, delivers every frame, some behind the next', async () => {
    const { bytes, counts } = await carry({ seed: 4, reorder: 0.3 });
    const sequences = sequencesIn(bytes);
    expect(counts.reorder).toBeGreaterThan(0);
    expect(sequences).not.toEqual([...sequences].sort((a, b) => a - b));
    expect([...sequences].sort((a, b) => a - b)).toEqual(FRAMES.map((_, index) => index));
  });

  it('counts what it did', async () => {
    const { bytes, counts } = await carry({ seed: 5, duplicate: 0.25 });
    expect(sequencesIn(bytes)).toHaveLength(FRAMES.length + counts.duplicate);
    expect(counts).toMatchObject({ drop: 0, flip: 0, split: 0, delay: 0 });
  });

  it('breaks before the byte it is told to, counting both directions', async () => {
    const loose = new Loose();
    const line = faultTransport(loose, { seed: 1, disconnectAtByte: 5 });
    const heard: number[] = [];
    const closed: (TransportError | undefined)[] = [];
    line.onData((bytes) => heard.push(...bytes));
    line.onClose((error) => closed.push(error));
    loose.say(Uint8Array.of(1, 2));
    await line.write(Uint8Array.of(3, 4, 5, 6));
    expect(heard).toEqual([1, 2]);
    expect(Buffer.concat(loose.arrived)).toEqual(Buffer.from([3, 4, 5]));
    expect(closed).toMatchObject([{ code: 'transport.disconnected' }]);
    expect(loose.isClosed).toBe(true);
    await expect(line.write(Uint8Array.of(7))).rejects.toMatchObject({ code: 'transport.disconnected' });
  });
});
