import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import type { Network } from '../network/network.js';
import { decodeBitstream } from './decode.js';
import { encodeBitstream } from './encode.js';
import { FRAME, FRAME_KIND, HEADER, LAYER, PROGRAM } from './layout.js';
import { decodeFrames } from './frames.js';
import { plainOf, withManifest } from './signed-file.js';
import { codeOf, layeredBitstreams, withGoldenVectors } from './testing/random-bitstreams.js';
import { withFreshChecksums } from './testing/with-fresh-checksums.js';

describe('the program of a bitstream', () => {
  it('is refused with any one of its bits flipped', () => {
    const { network } = small();
    const bytes = encodeBitstream(withGoldenVectors(network, []));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >>> 3] ^= 1 << (bit & 7);
      expect(codeOf(flipped)).toMatch(/^format\./);
    }
  });

  it('is refused with a typed error, whatever its records say', () => {
    fc.assert(
      fc.property(layeredBitstreams, fc.nat(), fc.integer({ min: 0, max: 255 }), (bitstream, where, value) => {
        const bytes = encodeBitstream(bitstream);
        const size = PROGRAM.size + bitstream.network.layers.length * LAYER.size;
        const at = HEADER.size + FRAME.size + (where % size);
        const before = bytes[at];
        bytes[at] = value;
        const code = codeOf(withFreshChecksums(bytes));
        // What a neighbour could also mean is not damage: two shifts, limits or operations are equally good.
        if (value !== before && code !== 'none') expect(code).toBe('format.bad-value');
      }),
      { numRuns: 300 },
    );
  });

  it('can be signed and stripped of its signature', () => {
    const bytes = encodeBitstream(withGoldenVectors(small().network, []));
    const signed = withManifest(bytes, new Uint8Array(164));
    expect(decodeBitstream(signed)).toEqual(decodeBitstream(bytes));
    expect(plainOf(signed)).toEqual(bytes);
  });

  it.each<[what: string, field: number, value: number, message: string]>([
    ['a layer of no kind', LAYER.kind, 9, 'means nothing'],
    ['values of another form', LAYER.outputForm, 9, 'means nothing'],
    ['values that do not fit their form', LAYER.outputForm + LAYER.size, 1, 'do not fit u8'],
    ['values outside the memory', LAYER.arenaOffset + 1, 1, 'outside the memory'],
    ['a source that comes later', LAYER.source, 1, 'cannot take from layer 1'],
    ['a picture of no height', LAYER.inputHeight, 0, 'has a shape of 0 x 3 x 1'],
    ['a window of no extent', LAYER.sizeHeight, 0, 'window of no extent'],
    ['a stride of nothing', LAYER.strideWidth, 0, 'window of no extent'],
    ['windows outside the picture', LAYER.outputHeight, 9, 'windows outside its picture'],
    ['reserved bytes', LAYER.reserved, 1, 'sets byte 10, which means nothing there'],
    ['a limit where nothing is limited', LAYER.minimum, 1, 'sets byte 48, which means nothing there'],
    ['weights that lie elsewhere', LAYER.weightsOffset, 4, 'that lie at'],
  ])('is refused with %s', (_what, field, value, message) => {
    const bytes = encodeBitstream(withGoldenVectors(small().network, []));
    bytes[HEADER.size + FRAME.size + PROGRAM.size + field] = value;
    expect(() => decodeBitstream(withFreshChecksums(bytes))).toThrow(message);
  });

  it('stands byte for byte in docs/formats/bitstream.md', () => {
    const bytes = encodeBitstream(withGoldenVectors(small().network, []));
    const [program, weights, constants] = decodeFrames(bytes, 7);
    expect([program.kind, weights.kind, constants.kind]).toEqual([
      FRAME_KIND.program,
      FRAME_KIND.weights,
      FRAME_KIND.constants,
    ]);
    const hex = (frame: { payload: DataView }, from = 0, to = frame.payload.byteLength): string =>
      Buffer.from(frame.payload.buffer, frame.payload.byteOffset + from, to - from).toString('hex');
    expect(hex(program, 0, 12)).toBe('0c0000000000000000000000');
    expect(hex(program, 12, 80)).toBe(
      '0200010000000000' +
        'ff000000' +
        '030000000300000001000000' +
        '020000000200000002000000' +
        '0200020001000100' +
        '00000000' +
        '0000000000000000' +
        'a0000000' +
        'b4000000' +
        '00000000',
    );
    expect(hex(weights)).toBe('0900000006000000');
    expect(hex(constants)).toBe('01000000ffffffff');
  });
});

/** 3 x 3 bits, two filters of 2 x 2 that look for the two diagonals, and two outputs of the eight bits they give. */
function small(): { readonly network: Network } {
  const diagonals = [0b1001, 0b0110];
  return {
    network: {
      input: { count: 9, bits: 1 },
      layers: [
        {
          kind: 'convolution',
          inputShape: [3, 3, 1],
          outputShape: [2, 2, 2],
          size: [2, 2],
          stride: [1, 1],
          padding: [0, 0],
          inputEncoding: 'unsigned',
          weights: bitMatrixFrom(2, 4, (row, column) => ((diagonals[row] >>> column) & 1) === 1),
          activation: { kind: 'threshold', thresholds: Int32Array.of(1, -1) },
        },
        {
          kind: 'dense',
          inputs: 8,
          outputs: 2,
          inputEncoding: 'unsigned',
          weights: { rows: 2, columns: 8, values: Int8Array.of(1, -1, 2, -2, 3, -3, 4, -4, 5, 5, 5, 5, 5, 5, 5, 5) },
          activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(0, -7) },
        },
      ],
    },
  };
}
