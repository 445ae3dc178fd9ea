import { deflateSync } from 'node:zlib';
import { crc32 } from '@adiabit/simulator/bits';

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** Row by row, the samples of a pixel side by side. */
  readonly samples: ArrayLike<number>;
  readonly isInterlaced?: boolean;
  /** Filter of a row of a pass: 0 (none) to 4. */
  readonly filterOf?: (row: number) => number;
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  /** Bytes in an IDAT chunk. */
  readonly idatLength?: number;
}

export const samplesOf = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

export function pngChunk(type: string, body: Uint8Array): Buffer {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type), body, Buffer.alloc(4)]);
  chunk.writeUInt32BE(body.length, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

/** Returns a PNG of any kind, written the obvious way: bit by bit, filters from their definition. */
export function pngFile(parts: PngParts): Buffer {
  const { width, height, depth, colourType, isInterlaced = false, palette, transparency, idatLength = 50 } = parts;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, isInterlaced ? 1 : 0], 8);
  const all = deflateSync(Buffer.concat(isInterlaced ? adam7(parts) : [passOf(parts, 0, 0, 1, 1)]));
  const idats = Array.from({ length: Math.ceil(all.length / idatLength) }, (_, index) =>
    pngChunk('IDAT', all.subarray(index * idatLength, (index + 1) * idatLength)),
  );
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    ...(palette === undefined ? [] : [pngChunk('PLTE', palette)]),
    ...(transparency === undefined ? [] : [pngChunk('tRNS', transparency)]),
    ...idats,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const adam7 = (parts: PngParts): readonly Uint8Array[] => [
  passOf(parts, 0, 0, 8, 8),
  passOf(parts, 4, 0, 8, 8),
  passOf(parts, 0, 4, 4, 8),
  passOf(parts, 2, 0, 4, 4),
  passOf(parts, 0, 2, 2, 4),
  passOf(parts, 1, 0, 2, 2),
  passOf(parts, 0, 1, 1, 2),
];

function passOf(parts: PngParts, startX: number, startY: number, stepX: number, stepY: number): Uint8Array {
  const { width, height, depth, colourType, samples, filterOf = () => 0 } = parts;
  const perPixel = samplesOf[colourType];
  const pixelBytes = Math.max(1, (perPixel * depth) / 8);
  const rows: number[] = [];
  let above: number[] = [];
  for (let y = startY, row = 0; y < height; y += stepY, row++) {
    let bits = '';
    for (let x = startX; x < width; x += stepX)
      for (let sample = 0; sample < perPixel; sample++)
        bits += samples[(y * width + x) * perPixel + sample].toString(2).padStart(depth, '0');
    if (bits === '') return new Uint8Array(0);
    const line = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
    const filter = filterOf(row);
    const at = (values: readonly number[], index: number): number => values[index] ?? 0;
    rows.push(filter);
    line.forEach((value, index) => {
      const [a, b, c] = [at(line, index - pixelBytes), at(above, index), at(above, index - pixelBytes)];
      const nearest = [a, b, c].sort((left, right) => Math.abs(a + b - c - left) - Math.abs(a + b - c - right))[0];
      rows.push((value - [0, a, b, (a + b) >> 1, nearest][filter]) & 255);
    });
    above = line;
  }
  return Uint8Array.from(rows);
}
