/** What `int8_pictures.c` computes. */
const EXTENT = 16;
const FILTERS = [16, 32] as const;
const CLASSES = 10;
/** Rows of weights, after which the same ones come again. */
const WRAP = 8;

/**
 * @param weights the bytes of the stored circuit, from the payload of its program on
 * @param picture 16 x 16 bytes, taken as signed
 * @returns the outputs of the ten classes
 */
export function int8Pictures(weights: Int8Array, picture: Uint8Array): Int32Array {
  let values = new Int8Array(picture.buffer, picture.byteOffset, EXTENT ** 2);
  let extent = EXTENT;
  let channels = 1;
  for (const filters of FILTERS) {
    values = convolvedAndPooled(weights, values, extent, channels, filters);
    extent /= 2;
    channels = filters;
  }
  return Int32Array.from({ length: CLASSES }, (_, row) =>
    values.reduce((sum, value, index) => sum + value * weights[(row % 2) * values.length + index], 0),
  );
}

function convolvedAndPooled(
  weights: Int8Array,
  values: Int8Array,
  extent: number,
  channels: number,
  filters: number,
): Int8Array {
  const at = (y: number, x: number, channel: number): number =>
    y < 0 || x < 0 || y >= extent || x >= extent ? 0 : values[(y * extent + x) * channels + channel];
  const sumAt = (y: number, x: number, filter: number): number => {
    let sum = 0;
    for (let index = 0; index < 9 * channels; index++) {
      const place = Math.floor(index / channels);
      const value = at(y + Math.floor(place / 3) - 1, x + (place % 3) - 1, index % channels);
      sum += value * weights[(filter % WRAP) * 9 * channels + index];
    }
    return sum;
  };
  const half = extent / 2;
  return Int8Array.from({ length: half * half * filters }, (_, index) => {
    const place = Math.floor(index / filters);
    const [y, x] = [2 * Math.floor(place / half), 2 * (place % half)];
    const largest = Math.max(...[0, 1, 2, 3].map((near) => sumAt(y + (near >> 1), x + (near & 1), index % filters)));
    return Math.min(127, Math.max(0, largest >> 7));
  });
}
