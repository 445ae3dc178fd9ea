import { createHash } from 'node:crypto';
import { decodeBitstream } from '@adiabit/simulator';
import { crc32 } from '@adiabit/simulator/bits';
import { describe, expect, it } from 'vitest';
import {
  DIGEST_BYTES,
  FRAME,
  FRAME_KIND,
  HEADER,
  LAYER,
  PROGRAM,
  paddedTo4,
} from '../../simulator/src/bitstream/layout.js';
import { STATUS } from '../../sdk/src/protocol/constants.js';
import { checkBitstreams } from '../support/host-tools.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc', 'make');
const OK = 0;
const BAD = STATUS.badBitstream.value;

/** A bitstream being tampered with: `seal` makes every checksum right again, so that only the content is wrong. */
class Forgery {
  bytes: Uint8Array;

  constructor(original: Uint8Array) {
    this.bytes = original.slice();
  }

  get view(): DataView {
    return new DataView(this.bytes.buffer);
  }

  /** Where each frame starts. */
  frames(): number[] {
    const starts: number[] = [];
    for (let at: number = HEADER.size; at < this.bytes.length - DIGEST_BYTES;) {
      starts.push(at);
      at += FRAME.size + paddedTo4(this.view.getUint32(at + FRAME.payloadBytes, true));
    }
    return starts;
  }

  frame(kind: number): number {
    return this.frames().find((at) => this.bytes[at] === kind)!;
  }

  /** Replaces the bytes of one frame. */
  splice(start: number, removed: number, inserted: Uint8Array): void {
    this.bytes = Uint8Array.from([
      ...this.bytes.subarray(0, start),
      ...inserted,
      ...this.bytes.subarray(start + removed),
    ]);
    this.view.setUint32(HEADER.totalBytes, this.bytes.length, true);
  }

  frameBytes(start: number): Uint8Array {
    const length = FRAME.size + paddedTo4(this.view.getUint32(start + FRAME.payloadBytes, true));
    return this.bytes.slice(start, start + length);
  }

  seal(): Uint8Array {
    const end = this.bytes.length - DIGEST_BYTES;
    for (let at: number = HEADER.size; at + FRAME.size <= end;) {
      const length = 4 * Math.ceil(this.view.getUint32(at + FRAME.payloadBytes, true) / 4);
      const next = at + FRAME.size + length;
      if (next > end) break;
      const head = crc32(this.bytes.subarray(at, at + FRAME.crc32));
      this.view.setUint32(at + FRAME.crc32, crc32(this.bytes.subarray(at + FRAME.size, next), head), true);
      at = next;
    }
    this.view.setUint32(HEADER.crc32, crc32(this.bytes.subarray(0, HEADER.crc32)), true);
    this.bytes.set(createHash('sha256').update(this.bytes.subarray(0, end)).digest(), end);
    return this.bytes;
  }
}

describe.skipIf(missing.length > 0)(titled('the bitstream reader of the firmware', missing), () => {
  const { bytes } = sampleCircuit(repeatableNumbers(21), { widths: [37, 5, 3], inputBits: 4, goldenVectors: 2 });
  const forged = (tamper: (forgery: Forgery) => void): Uint8Array => {
    const forgery = new Forgery(bytes);
    tamper(forgery);
    return forgery.seal();
  };

  it('accepts what the encoder writes, also with bytes behind it', () => {
    expect(checkBitstreams([bytes, Uint8Array.from([...bytes, 1, 2, 3]), forged(() => undefined)])).toEqual([
      OK,
      OK,
      OK,
    ]);
  });

  it('refuses a bitstream with any one bit flipped', () => {
    const flipped = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = bytes.slice();
      copy[bit >> 3] ^= 1 << (bit & 7);
      return copy;
    });
    expect(checkBitstreams(flipped).filter((status) => status === OK)).toEqual([]);
  });

  it('refuses a bitstream that ends anywhere before its end', () => {
    const cut = Array.from({ length: bytes.length }, (_, length) => bytes.slice(0, length));
    expect(new Set(checkBitstreams(cut))).toEqual(new Set([BAD]));
  });

  const program = HEADER.size + FRAME.size;
  const first = program + PROGRAM.size;
  const last = first + LAYER.size;
  it.each<[what: string, tamper: (forgery: Forgery) => void]>([
    ['another magic', ({ view }) => view.setUint8(0, 0x42)],
    ['another major version', ({ view }) => view.setUint8(HEADER.versionMajor, 1)],
    ['another header size', ({ view }) => view.setUint16(HEADER.headerBytes, 32, true)],
    ['one frame too many in the header', ({ view }) => view.setUint32(HEADER.frameCount, 8, true)],
    ['a kind of frame that it must understand and does not', ({ view }) => view.setUint8(HEADER.requiredKinds + 1, 3)],
    ['a kind of frame in the header that is not there', ({ view }) => view.setUint8(HEADER.requiredKinds, 0xb4)],
    ['another input count in the header', ({ view }) => view.setUint32(HEADER.inputCount, 38, true)],
    ['no input bits', ({ view }) => view.setUint8(HEADER.inputBits, 0)],
    ['nine input bits', ({ view }) => view.setUint8(HEADER.inputBits, 9)],
    ['no layers', ({ view }) => view.setUint8(HEADER.layerCount, 0)],
    ['more layers than the program has', ({ view }) => view.setUint8(HEADER.layerCount, 3)],
    ['another output count in the header', ({ view }) => view.setUint32(HEADER.outputCount, 4, true)],
    ['an arena that is too small', ({ view }) => view.setUint32(program + PROGRAM.arenaBytes, 4, true)],
    ['an arena that is no multiple of four', ({ view }) => view.setUint32(program + PROGRAM.arenaBytes, 0xff, true)],
    ['a preparation that is not there', ({ view }) => view.setUint32(program + PROGRAM.preparationOffset, 64, true)],
    ['zero points that are not there', ({ view }) => view.setUint32(program + PROGRAM.zeroPointsOffset, 64, true)],
    ['an unknown kind of layer', ({ view }) => view.setUint8(first + LAYER.kind, 7)],
    ['an integer layer that is not last', ({ view }) => view.setUint8(first + LAYER.activation, 1)],
    ['a threshold layer that is last', ({ view }) => view.setUint8(last + LAYER.activation, 0)],
    ['an unknown activation', ({ view }) => view.setUint8(last + LAYER.activation, 2)],
    ['a shift in a threshold layer', ({ view }) => view.setUint8(first + LAYER.shift, 1)],
    ['a shift above 16', ({ view }) => view.setUint8(last + LAYER.shift, 17)],
    ['weights of another form', ({ view }) => view.setUint8(first + LAYER.weights, 2)],
    ['inputs that are read as +1 and -1', ({ view }) => view.setUint8(first + LAYER.inputEncoding, 1)],
    ['flags', ({ view }) => view.setUint8(first + LAYER.hasFlags, 1)],
    ['bits that are stored as bytes', ({ view }) => view.setUint8(first + LAYER.outputForm, 1)],
    ['a later layer that reads the input', ({ view }) => view.setUint8(last + LAYER.source, 255)],
    ['a layer that reads itself', ({ view }) => view.setUint8(last + LAYER.source, 1)],
    ['a layer without inputs', ({ view }) => view.setUint32(first + LAYER.inputChannels, 0, true)],
    ['a layer without outputs', ({ view }) => view.setUint32(first + LAYER.outputChannels, 0, true)],
    ['layers that do not fit together', ({ view }) => view.setUint32(last + LAYER.inputChannels, 6, true)],
    ['a shape whose size overflows', ({ view }) => view.setUint32(first + LAYER.outputChannels, 0x80000005, true)],
    ['values outside the arena', ({ view }) => view.setUint32(first + LAYER.arenaOffset, 0x7ffffffc, true)],
    ['values at no multiple of four', ({ view }) => view.setUint32(first + LAYER.arenaOffset, 2, true)],
    ['weights that lie elsewhere', ({ view }) => view.setUint32(first + LAYER.weightsOffset, 64, true)],
    ['constants that lie elsewhere', ({ view }) => view.setUint32(last + LAYER.constantsOffset, 0xfffffff0, true)],
    ['an unknown critical frame', (f) => f.view.setUint8(f.frame(FRAME_KIND.goldenVectors), 9)],
    ['weights for another layer', (f) => f.view.setUint8(f.frame(FRAME_KIND.weights) + FRAME.layer, 1)],
    ['weights where constants belong', (f) => f.view.setUint8(f.frame(FRAME_KIND.constants), FRAME_KIND.weights)],
    ['a tail bit set', (f) => f.view.setUint8(f.frame(FRAME_KIND.weights) + FRAME.size + 7, 0x80)],
    ['one golden vector too many', (f) => f.view.setUint8(f.frame(FRAME_KIND.goldenVectors) + FRAME.size, 3)],
    ['golden vectors of another size', (f) => f.view.setUint8(f.frame(FRAME_KIND.goldenVectors) + FRAME.size + 4, 36)],
    [
      'golden vectors whose size overflows',
      (f) => f.view.setUint32(f.frame(FRAME_KIND.goldenVectors) + FRAME.size, 0x80000002, true),
    ],
    ['a frame that runs over the end', (f) => f.view.setUint32(HEADER.size + FRAME.payloadBytes, 0xfffffffc, true)],
    ['a frame with half a header', (f) => f.splice(f.bytes.length - DIGEST_BYTES, 0, new Uint8Array(8))],
    [
      'the weights twice',
      (f) => {
        const at = f.frame(FRAME_KIND.weights);
        f.splice(at, 0, f.frameBytes(at));
        f.view.setUint32(HEADER.frameCount, 8, true);
      },
    ],
    [
      'no thresholds',
      (f) => {
        const at = f.frame(FRAME_KIND.constants);
        f.splice(at, f.frameBytes(at).length, new Uint8Array(0));
        f.view.setUint32(HEADER.frameCount, 6, true);
      },
    ],
    [
      'nothing but a header',
      (f) => {
        f.splice(HEADER.size, f.bytes.length - DIGEST_BYTES - HEADER.size, new Uint8Array(0));
        f.view.setUint32(HEADER.frameCount, 0, true);
      },
    ],
  ])('refuses %s', (_what, tamper) => {
    expect(checkBitstreams([forged(tamper)])).toEqual([BAD]);
  });

  it('skips ancillary frames it does not know, and does without golden vectors and description', () => {
    const unknown = forged((f) => f.view.setUint8(f.frame(FRAME_KIND.description), 200));
    const bare = forged((f) => {
      const at = f.frame(FRAME_KIND.goldenVectors);
      f.splice(at, f.bytes.length - DIGEST_BYTES - at, new Uint8Array(0));
      f.view.setUint32(HEADER.frameCount, 5, true);
      f.view.setUint32(HEADER.requiredKinds, 0xa4, true);
    });
    expect(checkBitstreams([unknown, bare])).toEqual([OK, OK]);
  });

  it('never accepts, nor stumbles over, forged bytes that the decoder refuses', () => {
    const next = repeatableNumbers(22);
    const forgeries = Array.from({ length: 3000 }, () =>
      forged((f) => {
        const end = f.bytes.length - DIGEST_BYTES;
        for (let change = 0; change <= next(3); change++) {
          const at = next(4) > 0 ? next(last + LAYER.size) : next(end);
          f.bytes[at] = next(3) > 0 ? next(256) : f.bytes[at] ^ (1 << next(8));
        }
      }),
    );
    const statuses = checkBitstreams(forgeries);
    expect(statuses).toHaveLength(forgeries.length);
    const disagreements = forgeries.filter((forgery, index) => {
      if (statuses[index] !== OK) return false;
      try {
        decodeBitstream(forgery);
        return false;
      } catch (error) {
        // The host reads more closely: descriptions, thresholds that could never be reached, bytes that mean nothing, shared memory.
        return !/description|threshold|means nothing|overwrite/i.test(String(error));
      }
    });
    expect(disagreements).toEqual([]);
    expect(statuses.filter((status) => status === OK).length).toBeGreaterThan(50);
    expect(statuses.filter((status) => status === BAD).length).toBeGreaterThan(500);
  });
});
