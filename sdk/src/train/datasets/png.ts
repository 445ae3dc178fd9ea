/**
 * PNG (ISO/IEC 15948, www.w3.org/TR/png-3): every colour type, depth and interlace, and transparency in each of them.
 */
import { inflateSync } from 'node:zlib';
import { crc32 } from '@adiabit/simulator/bits';
import type { Raster } from './area-average.js';
import { checkPictureSize } from './picture-size.js';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const WHITE = 255;
/** The inflated picture is held whole; it may not be larger. */
const MOST_BYTES = 2 ** 28;

export const isPng = (bytes: Uint8Array): boolean => signature.every((value, index) => bytes[index] === value);

/** Samples of a pixel, by colour type (section 11.2.1), and the depths that it may have. */
const colourTypes: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const INDEXED = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly samples: number;
  readonly isInterlaced: boolean;
}

/** A smaller picture that the file holds row by row: every `step`-th pixel, beginning with `start` (section 8.2). */
interface Pass {
  readonly start: readonly [x: number, y: number];
  readonly step: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
  /** The offset of the first row's filter byte in the inflated bytes. */
  readonly offset: number;
  readonly rowBytes: number;
}

/**
 * Decodes a PNG; what is transparent shows white. Chunks that do not change the picture are passed over.
 * @param file its name, for errors
 * @throws FormatError `format.bad-value` for one that is too large; Error saying what is wrong with a damaged one
 */
export function decodePng(bytes: Uint8Array, file: string): Raster {
  const chunks = chunksOf(bytes);
  const header = headerOf(chunks.get('IHDR')?.[0]);
  const passes = passesOf(header);
  const last = passes[passes.length - 1];
  const length = last.offset + last.height * (1 + last.rowBytes);
  checkPictureSize(header, MOST_BYTES / (length / (header.width * header.height)), file);
  const inflated = inflate(chunks.get('IDAT') ?? [], length);
  for (const pass of passes) unfilter(inflated, pass, Math.ceil((header.samples * header.depth) / 8));
  const paint = painterOf(header, inflated, chunks.get('PLTE')?.[0], chunks.get('tRNS')?.[0]);
  const channels = header.samples < 3 && header.colourType !== INDEXED ? 1 : 3;
  return {
    height: header.height,
    width: header.width,
    channels,
    readRow: (row, target) => {
      for (const { start, step, width, offset, rowBytes } of passes) {
        const own = (row - start[1]) / step[1];
        if (!Number.isInteger(own) || own < 0) continue;
        const from = offset + own * (1 + rowBytes) + 1;
        for (let column = 0; column < width; column++)
          paint(from, column, target, (start[0] + column * step[0]) * channels);
      }
    },
  };
}

/**
 * Returns the bodies of the chunks that matter, by type.
 * @throws Error for a chunk that is cut off or whose CRC does not fit
 */
function chunksOf(bytes: Uint8Array): ReadonlyMap<string, readonly Uint8Array[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array[]>();
  for (let offset = signature.length; ;) {
    if (offset + 12 > bytes.length) throw new Error('it is cut off');
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const end = offset + 8 + length;
    if (end + 4 > bytes.length) throw new Error('it is cut off');
    if (type === 'IEND') return chunks;
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT'].includes(type)) {
      if (crc32(bytes.subarray(offset + 4, end)) !== view.getUint32(end))
        throw new Error(`the CRC of ${type} does not fit`);
      const bodies = chunks.get(type);
      const body = bytes.subarray(offset + 8, end);
      if (bodies === undefined) chunks.set(type, [body]);
      else bodies.push(body);
    }
    offset = end + 4;
  }
}

function headerOf(chunk: Uint8Array | undefined): Header {
  if (chunk?.length !== 13) throw new Error('it has no header');
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = chunk.subarray(8);
  const type = colourTypes[colourType] as (typeof colourTypes)[number] | undefined;
  if (width === 0 || height === 0) throw new Error('it has no pixels');
  if (!type?.depths.includes(depth)) throw new Error(`colour type ${colourType} with ${depth} bits is none`);
  if (compression !== 0 || filter !== 0 || interlace > 1)
    throw new Error('its compression, filter or interlace is unknown');
  return { width, height, depth, colourType, samples: type.samples, isInterlaced: interlace === 1 };
}

/** Adam7: start and step of its seven passes. */
const adam7 = [
  { start: [0, 0], step: [8, 8] },
  { start: [4, 0], step: [8, 8] },
  { start: [0, 4], step: [4, 8] },
  { start: [2, 0], step: [4, 4] },
  { start: [0, 2], step: [2, 4] },
  { start: [1, 0], step: [2, 2] },
  { start: [0, 1], step: [1, 2] },
] as const;

function passesOf({ width, height, depth, samples, isInterlaced }: Header): readonly Pass[] {
  let offset = 0;
  return (isInterlaced ? adam7 : [{ start: [0, 0], step: [1, 1] } as const]).flatMap(({ start, step }) => {
    const size = {
      width: Math.ceil((width - start[0]) / step[0]),
      height: Math.ceil((height - start[1]) / step[1]),
    };
    // An empty pass is not there at all.
    if (size.width <= 0 || size.height <= 0) return [];
    const pass = { start, step, ...size, offset, rowBytes: Math.ceil((size.width * samples * depth) / 8) };
    offset += size.height * (1 + pass.rowBytes);
    return [pass];
  });
}

/**
 * Inflates the pixels of a picture.
 * @throws Error for a stream that is damaged, or of another length than the header says, before more of it is inflated
 */
function inflate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const inflated = inflateSync(Buffer.concat(parts), { maxOutputLength: length + 1 });
  if (inflated.length === length) return inflated;
  throw new Error(`it holds ${inflated.length < length ? 'fewer' : 'more'} pixels than its header says`);
}

/** Takes the filters off in place (section 9). @param pixelBytes distance to the pixel on the left */
function unfilter(bytes: Uint8Array, { offset, height, rowBytes }: Pass, pixelBytes: number): void {
  for (let row = 0; row < height; row++) {
    const start = offset + row * (1 + rowBytes) + 1;
    const filter = bytes[start - 1];
    if (filter > 4) throw new Error(`filter ${filter} is none`);
    for (let index = 0; index < rowBytes && filter > 0; index++) {
      const at = start + index;
      const left = index < pixelBytes ? 0 : bytes[at - pixelBytes];
      const above = row === 0 ? 0 : bytes[at - rowBytes - 1];
      const corner = row === 0 || index < pixelBytes ? 0 : bytes[at - rowBytes - 1 - pixelBytes];
      bytes[at] += predicted(filter, left, above, corner);
    }
  }
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    default: {
      // Paeth: the neighbour that is nearest to left + above - corner.
      const [toLeft, toAbove, toCorner] = [
        Math.abs(above - corner),
        Math.abs(left - corner),
        Math.abs(left + above - 2 * corner),
      ];
      if (toLeft <= toAbove && toLeft <= toCorner) return left;
      return toAbove <= toCorner ? above : corner;
    }
  }
}

/** Writes the colours of a pixel of a row that begins at a byte, over white. */
type Painter = (rowStart: number, column: number, target: Float64Array, to: number) => void;

function painterOf(
  { depth, colourType, samples }: Header,
  bytes: Uint8Array,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
): Painter {
  const most = 2 ** depth - 1;
  const sample = sampler(bytes, depth);
  if (colourType === INDEXED) {
    const entries = (palette?.length ?? 0) / 3;
    if (palette === undefined || !Number.isInteger(entries)) throw new Error('it has no palette');
    return (start, column, target, to) => {
      const index = sample(start, column);
      if (index >= entries) throw new Error(`colour ${index} is not in its palette of ${entries}`);
      const alpha = (transparency?.[index] ?? WHITE) / WHITE;
      for (let channel = 0; channel < 3; channel++)
        target[to + channel] = WHITE + alpha * (palette[3 * index + channel] - WHITE);
    };
  }
  const colours = samples < 3 ? 1 : 3;
  if (samples > colours) {
    return (start, column, target, to) => {
      const first = column * samples;
      const alpha = sample(start, first + colours) / most;
      for (let channel = 0; channel < colours; channel++)
        target[to + channel] = WHITE + alpha * ((sample(start, first + channel) * WHITE) / most - WHITE);
    };
  }
  const hidden = hiddenColour(transparency, colours, most);
  return (start, column, target, to) => {
    const first = column * samples;
    let isHidden = hidden !== undefined;
    for (let channel = 0; channel < colours; channel++) {
      const value = sample(start, first + channel);
      isHidden &&= value === hidden?.[channel];
      target[to + channel] = (value * WHITE) / most;
    }
    if (isHidden) target.fill(WHITE, to, to + colours);
  };
}

/**
 * Returns the one colour that is transparent where pixels have no alpha (section 11.3.1.1); only the bits of the depth
 * count.
 */
function hiddenColour(chunk: Uint8Array | undefined, colours: number, most: number): readonly number[] | undefined {
  if (chunk === undefined) return undefined;
  if (chunk.length !== 2 * colours) throw new Error('its transparent colour is of another kind than its pixels');
  return Array.from({ length: colours }, (_, channel) => ((chunk[2 * channel] << 8) | chunk[2 * channel + 1]) & most);
}

/** Reads sample by sample, counted within a row. */
function sampler(bytes: Uint8Array, depth: number): (rowStart: number, index: number) => number {
  if (depth === 8) return (start, index) => bytes[start + index];
  if (depth === 16) return (start, index) => (bytes[start + 2 * index] << 8) | bytes[start + 2 * index + 1];
  const most = 2 ** depth - 1;
  return (start, index) => {
    const bit = index * depth;
    return (bytes[start + (bit >> 3)] >> (8 - depth - (bit & 7))) & most;
  };
}
