/** Bytes of a vector register: how far arrays in the scan memory are padded. */
export const VECTOR_BYTES = 16;

export const padded = (count: number): number => Math.ceil(count / VECTOR_BYTES) * VECTOR_BYTES;

/**
 * The numbers of a scan. All views share one WebAssembly memory. An image at the end that is padding has the
 * pixel 0 and so never flips.
 */
export interface ScanMemory {
  readonly images: number;
  /** Pixel columns [input][padded images]. */
  readonly pixels: Uint8Array;
  /**
   * What a pixel must exceed to flip the hidden bit of its image when the sum rises ([0, padded images)) or falls
   * ([padded images, 2 x padded images)); 255 for never.
   */
  readonly slack: Uint8Array;
  /** What flipping the hidden bit of each image adds to the loss, in fixed point. */
  readonly effects: Int16Array;
}

/** The direction in which a change of weight moves a hidden sum. */
export type Direction = 'rise' | 'fall';

/** What a candidate adds to the loss, in fixed point: the effects of all images whose bit it flips, summed. */
export type Scan = (input: number, direction: Direction) => number;

/** Returns the byte addresses in the memory. The first vector is the kernel's result. */
export const scanLayout = (images: number, inputs: number) => {
  const slack = VECTOR_BYTES;
  const effects = slack + 2 * padded(images);
  const pixels = effects + 2 * padded(images);
  return { slack, effects, pixels, bytes: pixels + inputs * padded(images) };
};

/** Returns the views of a memory of at least `bytes`. */
export function viewScanMemory(memory: ArrayBuffer, images: number, inputs: number): ScanMemory {
  const stride = padded(images);
  const layout = scanLayout(images, inputs);
  return {
    images,
    pixels: new Uint8Array(memory, layout.pixels, inputs * stride),
    slack: new Uint8Array(memory, layout.slack, 2 * stride),
    effects: new Int16Array(memory, layout.effects, stride),
  };
}

/** Makes the obvious scan: what the kernel must equal. */
export function createReferenceScan({ images, pixels, slack, effects }: ScanMemory): Scan {
  const stride = padded(images);
  return (input, direction) => {
    const column = input * stride;
    const from = direction === 'rise' ? 0 : stride;
    let sum = 0;
    for (let image = 0; image < images; image++) {
      if (pixels[column + image] > slack[from + image]) sum += effects[image];
    }
    return sum;
  };
}
