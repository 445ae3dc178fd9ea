import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CLASSES = 10;
const SIDE = 28;

/** An IDX file of unsigned bytes. */
export function idxFile(sizes: readonly number[], values: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, values]);
}

/**
 * Writes a folder like MNIST's with easy pictures: class c is a bright bar at its own height, with noise. Small enough to
 * train on in seconds.
 */
export async function writeEasyDigits(folder: string, trainCount = 400, testCount = 60): Promise<void> {
  await mkdir(folder, { recursive: true });
  let state = 12345;
  const noise = (): number => (state = (state * 48271) % 2147483647) % 60;
  for (const [part, count] of [
    ['train', trainCount],
    ['t10k', testCount],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, index) => index % CLASSES);
    const pixels = new Uint8Array(count * SIDE * SIDE);
    labels.forEach((label, index) => {
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
        const row = Math.floor(pixel / SIDE);
        const bright = row >= 2 + label * 2 && row < 6 + label * 2;
        pixels[index * SIDE * SIDE + pixel] = (bright ? 180 : 0) + noise();
      }
    });
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), idxFile([count, SIDE, SIDE], pixels));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), idxFile([count], labels));
  }
}
