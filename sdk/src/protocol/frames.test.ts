import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cobsDecode, cobsEncode, cobsMaximumBytes } from './cobs.js';
import { FrameDecoder, encodeFrame, wireBytesOf, type FrameEvent, type WireFrame } from './frames.js';

interface Vectors {
  readonly frames: readonly { name: string; type: number; sequence: number; payload: string; wire: string }[];
  readonly damaged: readonly { name: string; reason: string; wire: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/link.json', import.meta.url), 'utf8'),
) as Vectors;

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const concat = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(pieces));

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.array(fc.constantFrom(0, 1, 0xff), { maxLength }).map((values) => Uint8Array.from(values)),
  );
const frame: fc.Arbitrary<WireFrame> = fc.record({
  type: fc.nat(255),
  sequence: fc.nat(65535),
  payload: bytes(600),
});

/** Cuts bytes into pieces of the given lengths, over and over. */
function cut(whole: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, index = 0; at < whole.length; index++) {
    const length = lengths.length === 0 ? whole.length : lengths[index % lengths.length];
    pieces.push(whole.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

const decodeAll = (pieces: readonly Uint8Array[]): FrameEvent[] => {
  const decoder = new FrameDecoder();
  return pieces.flatMap((piece) => decoder.push(piece));
};
const framesIn = (events: readonly FrameEvent[]): WireFrame[] =>
  events.flatMap((event) => (event.kind === 'frame' ? [event.frame] : []));

describe('COBS', () => {
  it('gives back any bytes, holds no zero and stays within its bound', () => {
    fc.assert(
      fc.property(bytes(1200), (data) => {
        const encoded = cobsEncode(data);
        expect(encoded.includes(0)).toBe(false);
        expect(encoded.length).toBeLessThanOrEqual(cobsMaximumBytes(data.length));
        expect(cobsDecode(encoded)).toEqual(data);
      }),
    );
  });

  it.each([253, 254, 255, 508, 509])('gives back %i bytes without a zero, alone and before a zero', (length) => {
    const data = new Uint8Array(length).fill(7);
    expect(cobsDecode(cobsEncode(data))).toEqual(data);
    expect(cobsDecode(cobsEncode(Uint8Array.of(...data, 0)))).toEqual(Uint8Array.of(...data, 0));
  });

  it('refuses a code byte that points past the end, and a zero', () => {
    expect(cobsDecode(Uint8Array.of(5, 1, 2))).toBeUndefined();
    expect(cobsDecode(Uint8Array.of(3, 0, 2))).toBeUndefined();
    expect(cobsDecode(Uint8Array.of(0))).toBeUndefined();
  });
});

describe('a wire frame', () => {
  it.each(vectors.frames)('has the bytes of the specification: $name', ({ type, sequence, payload, wire }) => {
    const expected = { type, sequence, payload: fromHex(payload) };
    expect(Buffer.from(encodeFrame(expected)).toString('hex')).toBe(wire);
    expect(decodeAll([fromHex(wire)])).toEqual([{ kind: 'frame', frame: expected }]);
  });

  it.each(vectors.damaged)('is refused: $name', ({ reason, wire }) => {
    expect(decodeAll([fromHex(wire)])).toMatchObject([{ kind: 'damage', reason }]);
  });

  it('comes through whatever pieces the line cuts it into', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 40 })), (frames, lengths) => {
        const line = concat(frames.map(encodeFrame));
        expect(decodeAll(cut(line, lengths))).toEqual(frames.map((one) => ({ kind: 'frame', frame: one })));
      }),
    );
  });

  it('is never mistaken for another one with a single bit flipped, and the frame after next is read again', () => {
    fc.assert(
      fc.property(frame, frame, fc.nat(), (first, second, where) => {
        const line = concat([encodeFrame(first), encodeFrame(first), encodeFrame(second)]);
        const bit = where % (encodeFrame(first).length * 8);
        line[bit >>> 3] ^= 1 << (bit & 7);
        const events = decodeAll([line]);
        const frames = framesIn(events);
        // A flip of the delimiter joins the first two frames; every other flip leaves the second one whole.
        expect(frames.slice(0, -1)).toEqual(frames.length === 2 ? [first] : []);
        expect(frames.at(-1)).toEqual(second);
        expect(events.some((event) => event.kind === 'damage')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is found again after any garbage once a delimiter came', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), frame, (garbage, wanted) => {
        const line = concat([garbage, Uint8Array.of(0), encodeFrame(wanted)]);
        expect(framesIn(decodeAll([line])).at(-1)).toEqual(wanted);
      }),
    );
  });

  it('has at most the announced length on the wire', () => {
    fc.assert(
      fc.property(frame, (one) => {
        expect(encodeFrame(one).length).toBeLessThanOrEqual(wireBytesOf(one.payload.length));
      }),
    );
  });
});

describe('the frame decoder', () => {
  it('keeps no more than the longest frame of an endless one, and reads the next', () => {
    const decoder = new FrameDecoder(16);
    for (let round = 0; round < 100; round++) {
      expect(decoder.push(new Uint8Array(1000).fill(0x55))).toEqual([]);
      expect(decoder.pending.length).toBeLessThanOrEqual(wireBytesOf(16));
    }
    const wanted = { type: 1, sequence: 2, payload: new Uint8Array(16).fill(3) };
    const events = decoder.push(concat([Uint8Array.of(0), encodeFrame(wanted)]));
    expect(events).toMatchObject([
      { kind: 'damage', reason: 'too-long' },
      { kind: 'frame', frame: wanted },
    ]);
  });

  it('ignores empty frames', () => {
    expect(decodeAll([new Uint8Array(9)])).toEqual([]);
  });
});
