import jpeg from 'jpeg-js';
import type { Raster } from './area-average.js';
import { checkPictureSize } from './picture-size.js';

/** What the decoder may take. */
const MEMORY_MB = 512;
const MOST_MEGAPIXELS = 100;

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/**
 * Decodes a JPEG. The orientation in its metadata is not heeded.
 * @throws FormatError `format.bad-value` for one that is too large; Error saying what is wrong with a damaged one
 */
export function decodeJpeg(bytes: Uint8Array, file: string): Raster {
  const frame = frameOf(bytes);
  if (frame !== undefined) {
    const mostPixels = Math.min(MOST_MEGAPIXELS * 1e6, (MEMORY_MB * 2 ** 20) / bytesPerPixel(frame));
    checkPictureSize(frame, mostPixels, file);
  }
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    // Twice the memory that was allowed above, for borders: large pictures are told from damaged ones there.
    maxMemoryUsageInMB: 2 * MEMORY_MB,
    maxResolutionInMP: MOST_MEGAPIXELS,
  });
  return {
    height,
    width,
    channels: 3,
    readRow: (row, target) => {
      target.set(data.subarray(3 * width * row, 3 * width * (row + 1)));
    },
  };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  /** Horizontal and vertical sampling factors of each component. */
  readonly sampling: readonly (readonly [number, number])[];
}

/** Reads the start of frame (ITU-T T.81, B.2.2); undefined where there is none, which the decoder tells. */
function frameOf(bytes: Uint8Array): Frame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 2; offset + 10 <= bytes.length;) {
    if (bytes[offset] !== 0xff) return undefined;
    const marker = bytes[offset + 1];
    // C4, C8 and CC define tables; the others from C0 to CF begin a frame.
    const beginsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (beginsFrame) {
      const [height, width, components] = [view.getUint16(offset + 5), view.getUint16(offset + 7), bytes[offset + 9]];
      const factors = Array.from({ length: components }, (_, index) => bytes[offset + 11 + 3 * index] ?? 0x11);
      return { height, width, sampling: factors.map((factor) => [factor >> 4 || 1, factor & 15 || 1] as const) };
    }
    // Fill bytes may stand before a marker.
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/**
 * Returns what the decoder allocates: four bytes of coefficient and one of sample for each component, three of colour.
 */
function bytesPerPixel({ sampling }: Frame): number {
  const area = ([across, down]: readonly [number, number]): number => across * down;
  const [across, down] = [0, 1].map((axis) => Math.max(1, ...sampling.map((factors) => factors[axis])));
  return 3 + (5 * sampling.reduce((sum, factors) => sum + area(factors), 0)) / area([across, down]);
}
