import { sha256 } from '@noble/hashes/sha2.js';
import type { Circuit } from '../fabric/elaborate.js';

/** Up to this many input bits every input there is can be tried: 4,096 of them. */
const exhaustiveBits = 12;

/**
 * Inputs to compare circuits with: all there are when they are few, else so many drawn at random.
 * @param seed same seed, same inputs: they are the bytes of SHA-256 over the seed and a counter
 */
export function inputVectors({ architecture }: Circuit, count: number, seed: number): readonly Uint8Array[] {
  const [{ inputs, inputBits }] = architecture.layers;
  const bits = inputs * inputBits;
  if (bits <= exhaustiveBits) {
    return Array.from({ length: 2 ** bits }, (_, number) =>
      Uint8Array.from({ length: inputs }, (_unused, input) => (number >> (input * inputBits)) & (2 ** inputBits - 1)),
    );
  }
  const next = byteStream(seed);
  return Array.from({ length: count }, () => Uint8Array.from({ length: inputs }, () => next() >> (8 - inputBits)));
}

function byteStream(seed: number): () => number {
  let block = new Uint8Array();
  let counter = 0;
  let used = 0;
  return () => {
    if (used === block.length) {
      block = sha256(new TextEncoder().encode(`${seed}/${counter++}`));
      used = 0;
    }
    return block[used++];
  };
}
