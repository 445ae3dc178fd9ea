import { open, readFile } from 'node:fs/promises';
import { bitstreamOf, decodeBitstream, encodeBitstream } from '@adiabit/simulator';
import { isBinary } from '@adiabit/simulator/network';

/** Mappings that are larger are the sanitizers' own. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Flips a bit of what a running process holds in memory, as a particle would: nothing that it checked before knows of it. Linux only.
 * @param held the bytes to find in its memory
 * @param offset of the byte in them
 * @returns how many copies were changed
 */
export async function flipBitInProcess(
  processId: number,
  held: Uint8Array,
  offset: number,
  mask: number,
): Promise<number> {
  const maps = await readFile(`/proc/${processId}/maps`, 'utf8');
  const memory = await open(`/proc/${processId}/mem`, 'r+');
  let copies = 0;
  try {
    for (const [, from, to] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
      const start = parseInt(from, 16);
      const bytes = Buffer.alloc(Math.min(parseInt(to, 16) - start, MOST_BYTES));
      const read = await memory.read(bytes, 0, bytes.length, start).catch(() => undefined);
      const at = read === undefined ? -1 : bytes.indexOf(held);
      if (at < 0) continue;
      await memory.write(Uint8Array.of(bytes[at + offset] ^ mask), 0, 1, start + at + offset);
      copies++;
    }
  } finally {
    await memory.close();
  }
  return copies;
}

/**
 * Finds the bit of a bitstream that is a weight of a dense layer's neuron.
 * @param layer from 0 on, or from the end if it is negative
 * @param input of the neuron
 */
export function placeOfWeight(
  bytes: Uint8Array,
  layer: number,
  neuron: number,
  input = 0,
): { readonly offset: number; readonly mask: number } {
  const { network, description, goldenVectors } = decodeBitstream(bytes);
  const layers = [...network.layers];
  const index = layer < 0 ? layers.length + layer : layer;
  const one = layers[index];
  if (one.kind !== 'dense' || !isBinary(one.weights)) throw new Error(`Layer ${layer} has no binary weights.`);
  const words = one.weights.words.slice();
  words[neuron * (words.length / one.weights.rows) + (input >>> 5)] ^= 1 << (input & 31);
  layers[index] = { ...one, weights: { ...one.weights, words } };
  const flipped = encodeBitstream(bitstreamOf({ ...network, layers }, description, goldenVectors));
  // Checksums change in many bits; the weight is alone in its byte.
  const mask = 1 << (input & 7);
  const offset = bytes.findIndex((byte, at) => (byte ^ flipped[at]) === mask);
  return { offset, mask };
}
