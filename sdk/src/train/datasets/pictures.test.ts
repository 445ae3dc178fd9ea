import { encode, type ImageData } from 'fast-png';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { expect, test } from 'vitest';
import { areaAverage, type Raster } from './area-average.js';
import { pictureValues } from './pictures.js';

const png = (image: ImageData) => pictureValues(encode(image), [1, 3], 'file');

test('grey pixels of every depth are the bytes they mean', () => {
  const grey = (depth: 1 | 2 | 4 | 8 | 16, data: Uint8Array | Uint16Array) =>
    png({ width: 3, height: 1, channels: 1, depth, data });
  expect([...grey(1, Uint8Array.of(0b10100000))]).toEqual([255, 0, 255]);
  expect([...grey(2, Uint8Array.of(0b00011000))]).toEqual([0, 85, 170]);
  expect([...grey(4, Uint8Array.of(0x1f, 0x80))]).toEqual([17, 255, 136]);
  expect([...grey(8, Uint8Array.of(3, 99, 255))]).toEqual([3, 99, 255]);
  expect([...grey(16, Uint16Array.of(0, 0x8080, 0xffff))]).toEqual([0, 128, 255]);
});

test('colours become grey by their luma, and stay colours in a colour task; grey becomes three equal colours', () => {
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255);
  const colours = { width: 3, height: 1, channels: 3, depth: 8, data } as const;
  expect([...png(colours)]).toEqual([76, 150, 29]);
  expect([...pictureValues(encode(colours), [1, 3, 3], 'file')]).toEqual([...data]);
  const grey = encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(7) });
  expect([...pictureValues(grey, [1, 1, 3], 'file')]).toEqual([7, 7, 7]);
});

test('palettes are looked up, and what is transparent shows white', () => {
  const palette: [number, number, number][] = [
    [10, 10, 10],
    [200, 200, 200],
  ];
  const indexed = { width: 3, height: 1, channels: 1, depth: 8, palette, data: Uint8Array.of(1, 0, 1) } as const;
  // fast-png writes no palettes, so the chunk is made here: PLTE after IHDR, colour type 3.
  expect([...pictureValues(withPalette(encode({ ...indexed }), palette), [1, 3], 'file')]).toEqual([200, 10, 200]);
  const data = Uint8Array.of(0, 255, 0, 0, 0, 51);
  expect([...png({ width: 3, height: 1, channels: 2, depth: 8, data })]).toEqual([0, 255, 204]);
});

function withPalette(grey: Uint8Array, palette: readonly (readonly number[])[]): Uint8Array {
  const bytes = Buffer.from(grey);
  const headerEnd = 8 + 25;
  bytes[8 + 8 + 9] = 3;
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  const colours = Buffer.from(palette.flat());
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('PLTE'), colours, Buffer.alloc(4)]);
  chunk.writeUInt32BE(colours.length, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + colours.length)), 8 + colours.length);
  return Buffer.concat([bytes.subarray(0, headerEnd), chunk, bytes.subarray(headerEnd)]);
}

/** The checksum of a PNG's chunks (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  }
  return (remainder ^ 0xffffffff) >>> 0;
}

test('a JPEG is decoded, within what its compression loses', () => {
  const pixels = Uint8Array.from({ length: 16 * 16 * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : index < 512 ? 40 : 210,
  );
  const bytes = jpeg.encode({ width: 16, height: 16, data: pixels }, 95).data;
  const values = pictureValues(bytes, [2, 2], 'file');
  expect([...values].map((value) => Math.round(value / 10))).toEqual([4, 4, 21, 21]);
  const colour = pictureValues(bytes, [2, 2, 3], 'file');
  expect(colour).toHaveLength(12);
});

test('other bytes, and damaged pictures, are refused by name', () => {
  const whole = encode({ width: 3, height: 1, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3) });
  const fails = (bytes: Uint8Array, code: string) => {
    expect(() => pictureValues(bytes, [1, 3], 'cat.1.png')).toThrow(expect.objectContaining({ code }));
    expect(() => pictureValues(bytes, [1, 3], 'cat.1.png')).toThrow(/cat\.1\.png/);
  };
  fails(Buffer.from('GIF89a'), 'format.bad-magic');
  fails(new Uint8Array(0), 'format.bad-magic');
  fails(whole.subarray(0, 40), 'format.bad-value');
  fails(
    Uint8Array.from(whole, (byte, index) => (index === whole.length - 16 ? byte ^ 1 : byte)),
    'format.bad-value',
  );
  fails(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'format.bad-value');
});

interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly values: Float64Array;
}

const rasterOf = ({ values, ...size }: Picture): Raster => ({
  ...size,
  readRow: (row, target) => {
    const length = size.width * size.channels;
    target.set(values.subarray(row * length, (row + 1) * length));
  },
});

/** Every new pixel from first principles: the integral of the picture over it. */
function slowAverage({ height, width, channels, values }: Picture, newHeight: number, newWidth: number): number[] {
  const overlap = (from: number, length: number, to: number, newLength: number) =>
    Math.max(0, Math.min((from + 1) / length, (to + 1) / newLength) - Math.max(from / length, to / newLength)) *
    newLength;
  return Array.from({ length: newHeight * newWidth * channels }, (_, index) => {
    const channel = index % channels;
    const x = Math.floor(index / channels) % newWidth;
    const y = Math.floor(index / channels / newWidth);
    let sum = 0;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const share = overlap(row, height, y, newHeight) * overlap(column, width, x, newWidth);
        sum += share * values[(row * width + column) * channels + channel];
      }
    }
    return sum;
  });
}

test('area averaging is the mean of the area under every new pixel, smaller and larger', () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      size,
      size,
      size,
      size,
      fc.constantFrom(1 as const, 3 as const),
      (height, width, newHeight, newWidth, channels) => {
        const values = Float64Array.from({ length: height * width * channels }, (_, index) => (index * 37) % 256);
        const picture = { height, width, channels, values };
        const found = areaAverage(rasterOf(picture), newHeight, newWidth);
        expect(found).toHaveLength(newHeight * newWidth * channels);
        slowAverage(picture, newHeight, newWidth).forEach((value, index) => {
          expect(found[index]).toBeCloseTo(value, 8);
        });
      },
    ),
    { numRuns: 100 },
  );
});

test('a flat picture stays flat, and the same size changes nothing', () => {
  const flat = rasterOf({ height: 7, width: 5, channels: 1, values: new Float64Array(35).fill(200) });
  expect([...areaAverage(flat, 3, 4)].every((value) => Math.abs(value - 200) < 1e-9)).toBe(true);
  const values = Float64Array.from({ length: 6 }, (_, index) => index);
  expect([...areaAverage(rasterOf({ height: 2, width: 3, channels: 1, values }), 2, 3)]).toEqual([...values]);
});
