import { decode } from 'fast-png';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { expect, test } from 'vitest';
import { deflateSync } from 'node:zlib';
import { pngChunk, pngFile, samplesOf, type PngParts } from '../testing/png.js';
import { pictureValues } from './pictures.js';

const KINDS = [
  ...([1, 2, 4, 8, 16] as const).map((depth) => ({ colourType: 0, depth }) as const),
  ...([1, 2, 4, 8] as const).map((depth) => ({ colourType: 3, depth }) as const),
  ...([2, 4, 6] as const).flatMap((colourType) => [8, 16].map((depth) => ({ colourType, depth }))),
];

/** Pictures of a kind, a third of whose pixels have the transparent colour where there is one. */
const pictureOf = ({ colourType, depth }: (typeof KINDS)[number]): fc.Arbitrary<PngParts> =>
  fc
    .record({
      width: fc.integer({ min: 1, max: 11 }),
      height: fc.integer({ min: 1, max: 11 }),
      isInterlaced: fc.boolean(),
      isTransparent: fc.boolean(),
      filters: fc.array(fc.nat(4), { minLength: 11, maxLength: 11 }),
      values: fc.array(fc.nat(2 ** depth - 1), { minLength: 484, maxLength: 484 }),
      hides: fc.array(fc.nat(2), { minLength: 121, maxLength: 121 }),
      palette: fc.uint8Array({ minLength: 768, maxLength: 768 }),
      alphas: fc.uint8Array({ maxLength: 2 ** Math.min(depth, 8) }),
    })
    .map(({ width, height, isInterlaced, isTransparent, filters, values, hides, palette, alphas }) => {
      const perPixel = samplesOf[colourType];
      const colour = values.slice(0, perPixel);
      const samples = values
        .slice(0, width * height * perPixel)
        .map((value, index) => (hides[Math.floor(index / perPixel)] === 0 ? colour[index % perPixel] : value));
      const hidden = Buffer.from(colour.flatMap((value) => [value >> 8, value & 255]));
      const withoutAlpha = colourType === 0 || colourType === 2;
      const transparency = colourType === 3 ? alphas : hidden;
      return {
        width,
        height,
        depth,
        colourType,
        samples,
        isInterlaced,
        filterOf: (row: number) => filters[row],
        ...(colourType === 3 ? { palette: palette.subarray(0, 3 * 2 ** depth) } : {}),
        ...(isTransparent && (withoutAlpha || colourType === 3) ? { transparency } : {}),
      };
    });

/** A pixel from the definition of the formats: red, green, blue, over white. */
function pixelOf({ colourType, depth, samples, palette, transparency }: PngParts, pixel: number): readonly number[] {
  const perPixel = samplesOf[colourType];
  const raw = Array.from({ length: perPixel }, (_, index) => samples[pixel * perPixel + index]);
  const scaled = raw.map((value) => (255 * value) / (2 ** depth - 1));
  const over = (colours: readonly number[], alpha: number) =>
    colours.map((value) => 255 + (alpha / 255) * (value - 255));
  if (colourType === 3) return over([...palette!.subarray(3 * raw[0], 3 * raw[0] + 3)], transparency?.[raw[0]] ?? 255);
  if (colourType === 4) return over([scaled[0], scaled[0], scaled[0]], scaled[1]);
  if (colourType === 6) return over(scaled.slice(0, 3), scaled[3]);
  const isHidden =
    transparency !== undefined &&
    raw.every((value, index) => value === 256 * transparency[2 * index] + transparency[2 * index + 1]);
  const colours = colourType === 0 ? [scaled[0], scaled[0], scaled[0]] : scaled;
  return over(colours, isHidden ? 0 : 255);
}

test.each(KINDS)(
  'PNG of colour type $colourType, $depth bits: any size, filter, interlace and transparency',
  (kind) => {
    fc.assert(
      fc.property(pictureOf(kind), (parts) => {
        const { width, height } = parts;
        const found = pictureValues(pngFile(parts), [height, width, 3], 'file');
        const expected = Array.from({ length: width * height }, (_, pixel) => pixelOf(parts, pixel)).flat();
        found.forEach((value, index) => expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(0.5 + 1e-9));
      }),
      { numRuns: 60 },
    );
  },
);

test('another decoder reads the same from what both can read', () => {
  const plain = KINDS.filter(({ colourType, depth }) => depth === 8 && colourType !== 3);
  // A transparent colour is refused by the other one in pictures of one and two pixels.
  const opaque = fc
    .constantFrom(...plain)
    .chain(pictureOf)
    .filter(({ transparency }) => transparency === undefined);
  fc.assert(
    fc.property(opaque, (parts) => {
      const { data } = decode(pngFile(parts), { checkCrc: true });
      expect([...data]).toEqual([...Array.from(parts.samples)]);
    }),
  );
});

const zeros = (width: number, height: number): PngParts => ({
  width,
  height,
  depth: 8,
  colourType: 0,
  samples: new Uint8Array(width * height),
  idatLength: 1e9,
});

test('what is too large is refused by its header, with the size that would do, and nothing is inflated', () => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(30_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const file = Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IEND', Buffer.alloc(0))]);
  expect(() => pictureValues(file, [8, 8], 'huge.png')).toThrow(/huge\.png has 60000 x 30000 .* down to (\d+) x (\d+)/);
  const frame = Buffer.from('ffd8ffc0001108ea60ea600301220002110103110100', 'hex');
  expect(() => pictureValues(frame, [8, 8], 'huge.jpg')).toThrow(/huge\.jpg has 60000 x 60000 .* down to (\d+) x \1 /);
});

test('a JPEG of the size that is said to do is decoded', () => {
  const encoded = Buffer.from(jpeg.encode({ width: 16, height: 16, data: new Uint8Array(1024).fill(90) }, 50).data);
  const at = encoded.indexOf(Buffer.from('ffc0', 'hex'));
  const large = Buffer.from(encoded);
  large.writeUInt16BE(9000, at + 5);
  large.writeUInt16BE(9000, at + 7);
  const message = (() => {
    try {
      pictureValues(large, [8, 8], 'large.jpg');
    } catch (error) {
      return String(error);
    }
    return '';
  })();
  const [, width, height] = /down to (\d+) x (\d+)/.exec(message)!.map(Number);
  expect(width * height * 18).toBeLessThanOrEqual(512 * 2 ** 20);
  expect(width).toBeGreaterThan(5000);
});

test('a stream that goes on after the picture is not inflated further, and a large picture is not widened', () => {
  const bomb = pngFile(zeros(1, 1));
  const long = deflateSync(new Uint8Array(40e6));
  const at = bomb.indexOf('IDAT') - 4;
  const swapped = Buffer.concat([
    bomb.subarray(0, at),
    pngChunk('IDAT', long),
    bomb.subarray(bomb.indexOf('IEND') - 4),
  ]);
  expect(() => pictureValues(swapped, [8, 8], 'bomb.png')).toThrow(/bomb\.png/);
  const side = 3000;
  const rows = deflateSync(new Uint8Array(side * (side + 1)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const large = Buffer.concat([
    signature,
    ...[pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))],
  ]);
  const before = process.memoryUsage().arrayBuffers;
  expect(pictureValues(large, [8, 8], 'large.png')).toEqual(new Uint8Array(64));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * side * side);
});

test('every byte of a PNG may be anything: it is decoded or refused by name', () => {
  const whole = pngFile({ ...zeros(5, 5), isInterlaced: true });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (offset, value, length) => {
      for (const damaged of [
        Uint8Array.from(whole, (byte, at) => (at === offset ? value : byte)),
        whole.subarray(0, length),
      ]) {
        try {
          expect(pictureValues(damaged, [2, 2], 'cat.png')).toHaveLength(4);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^format\.bad-(value|magic)$/) as string });
          expect(String(error)).toContain('cat.png');
        }
      }
    }),
    { numRuns: 500 },
  );
});
