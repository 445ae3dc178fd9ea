/** Grey values, 0 to 255, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Samples along each side of a pixel, over which its mean is taken. */
const SAMPLES = 4;
/** The box of 20 of 28 pixels into which the digits of MNIST were scaled. */
const BOX = 20 / 28;

/** Where a picture is looked at: its middle, and how many of its pixels are one new pixel. */
interface Window {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Scales a drawing to fill a picture of another size, by averaging. The aspect ratio is kept; what lies outside is black. */
export function scaled(drawing: Grey, width: number, height: number): Uint8Array {
  const scale = Math.max(drawing.width / width, drawing.height / height);
  return sampled(drawing, width, height, { x: drawing.width / 2, y: drawing.height / 2, scale });
}

/**
 * Scales and places a drawn digit as those of MNIST were (Y. LeCun, C. Cortes, C. J. C. Burges): its longer side takes 20 of 28 pixels,
 * and its centre of mass is in the middle. A drawing without ink stays black.
 */
export function centred(drawing: Grey, width: number, height: number): Uint8Array {
  const ink = extentOf(drawing);
  if (ink === undefined) return new Uint8Array(width * height);
  return sampled(drawing, width, height, { x: ink.x, y: ink.y, scale: ink.side / (BOX * Math.min(width, height)) });
}

function sampled(drawing: Grey, width: number, height: number, { x, y, scale }: Window): Uint8Array {
  const result = new Uint8Array(width * height);
  const step = scale / SAMPLES;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const left = x + (column - width / 2) * scale + step / 2;
      const top = y + (row - height / 2) * scale + step / 2;
      let sum = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const sampleX = Math.floor(left + (sample % SAMPLES) * step);
        const sampleY = Math.floor(top + Math.floor(sample / SAMPLES) * step);
        const isInside = sampleX >= 0 && sampleX < drawing.width && sampleY >= 0 && sampleY < drawing.height;
        if (isInside) sum += drawing.values[sampleY * drawing.width + sampleX];
      }
      result[row * width + column] = Math.round(sum / SAMPLES ** 2);
    }
  }
  return result;
}

/** The centre of mass of the ink, and the longer side of the box around it. */
function extentOf({ width, height, values }: Grey): { x: number; y: number; side: number } | undefined {
  let [mass, sumX, sumY] = [0, 0, 0];
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      if (value === 0) continue;
      mass += value;
      sumX += value * (column + 0.5);
      sumY += value * (row + 0.5);
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
  }
  return mass === 0 ? undefined : { x: sumX / mass, y: sumY / mass, side: Math.max(right - left, bottom - top) + 1 };
}
