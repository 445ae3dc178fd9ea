import { WORD_BITS } from '../bits/bit-matrix.js';

/**
 * Turns vectors on their side: word w of bit plane b of value i holds bit b of value i in vectors 32 w .. 32 w + 31.
 * Returns one array per plane, least significant first, laid out as Engine.setInput wants it.
 */
export function sliceIntoLanes(inputs: readonly Uint8Array[], valueBits: number, wordsPerNet: number): Uint32Array[] {
  const count = inputs[0]?.length ?? 0;
  const planes = Array.from({ length: valueBits }, () => new Uint32Array(count * wordsPerNet));
  inputs.forEach((values, lane) => {
    const word = lane >>> 5;
    const mask = 1 << (lane % WORD_BITS);
    for (let index = 0; index < count; index++) {
      for (let value = values[index], plane = 0; value !== 0; value >>>= 1, plane++) {
        if (value & 1) planes[plane][index * wordsPerNet + word] |= mask;
      }
    }
  });
  return planes;
}

/** Reads one number per lane out of the words of a port. */
export function gatherLanes(words: Uint32Array, lanes: number, wordsPerNet: number, signed: boolean): Int32Array {
  const width = words.length / wordsPerNet;
  const numbers = new Int32Array(lanes);
  for (let lane = 0; lane < lanes; lane++) {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      value |= ((words[bit * wordsPerNet + (lane >>> 5)] >>> (lane & 31)) & 1) << bit;
    }
    const unused = 32 - width;
    numbers[lane] = signed ? (value << unused) >> unused : value;
  }
  return numbers;
}
