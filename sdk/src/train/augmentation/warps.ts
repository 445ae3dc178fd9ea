import type { Random } from '../../random.js';

/** How far pictures are turned, stretched and slanted about their middle; each is drawn evenly from -max to max. */
export interface Warp {
  readonly maxRotationDegrees: number;
  /** The largest change of scale: 0.1 stretches or shrinks by up to a tenth. */
  readonly maxScale: number;
  /** Pixels to the right a pixel down. */
  readonly maxShear: number;
}

/** Where in the source a pixel of the warped picture is found: [down, right] of it, both counted from the middle. */
export interface Affine {
  readonly downByDown: number;
  readonly downByRight: number;
  readonly rightByDown: number;
  readonly rightByRight: number;
}

/** Draws three numbers. A mirrored picture is mirrored before it is warped. */
export function drawAffine(
  { maxRotationDegrees, maxScale, maxShear }: Warp,
  isMirrored: boolean,
  random: Random,
): Affine {
  const angle = random.uniform(-maxRotationDegrees, maxRotationDegrees) * (Math.PI / 180);
  const scale = 1 + random.uniform(-maxScale, maxScale);
  const shear = random.uniform(-maxShear, maxShear);
  const [cosine, sine] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const side = isMirrored ? -1 : 1;
  return { downByDown: cosine, downByRight: sine, rightByDown: side * (shear - sine), rightByRight: side * cosine };
}

/**
 * Copies `source` [height, width, channels] into `target`, all zeros, warped: bilinear between the four pixels around,
 * rounded to whole numbers, so that sums stay exact.
 *
 * @param shift of the source's place, in pixels, any real number
 * @param repeatsEdge whether what enters is the pixel at the edge rather than 0
 */
export function warpImage(
  target: Float32Array,
  source: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  affine: Affine,
  shift: { readonly down: number; readonly right: number },
  repeatsEdge: boolean,
): void {
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const pixel = (y: number, x: number, channel: number): number => {
    const isInside = y >= 0 && y < height && x >= 0 && x < width;
    if (!isInside && !repeatsEdge) return 0;
    const nearestY = Math.min(Math.max(y, 0), height - 1);
    const nearestX = Math.min(Math.max(x, 0), width - 1);
    return source[(nearestY * width + nearestX) * channels + channel];
  };
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [down, right] = [row - middleY, column - middleX];
      const y = middleY - shift.down + affine.downByDown * down + affine.downByRight * right;
      const x = middleX - shift.right + affine.rightByDown * down + affine.rightByRight * right;
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [lower, rightward] = [y - top, x - left];
      for (let channel = 0; channel < channels; channel++) {
        const above = pixel(top, left, channel) * (1 - rightward) + pixel(top, left + 1, channel) * rightward;
        const below = pixel(top + 1, left, channel) * (1 - rightward) + pixel(top + 1, left + 1, channel) * rightward;
        target[(row * width + column) * channels + channel] = Math.round(above * (1 - lower) + below * lower);
      }
    }
  }
}
