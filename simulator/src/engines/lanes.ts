import type { CircuitTiming } from '../fabric/machine.js';

const VALUES_PER_WORD = 4;
/** The lowest bit of each of the four values in a word. */
const LOWEST_BITS = 0x01010101;

/**
 * Turns vectors on their side: word w of bit plane b of value i holds bit b of value i in vectors 32 w .. 32 w + 31.
 * Returns one array per plane, least significant first, laid out as Engine.setInput wants it. Four values are turned at
 * a time: one bit of each of them, from eight vectors, fills a word.
 */
export function sliceIntoLanes(inputs: readonly Uint8Array[], valueBits: number, wordsPerNet: number): Uint32Array[] {
  const count = inputs[0]?.length ?? 0;
  const quads = Math.ceil(count / VALUES_PER_WORD);
  const planes = Array.from({ length: valueBits }, () => new Uint32Array(quads * VALUES_PER_WORD * wordsPerNet));
  // Bytes of 32 vectors; the first value of a word is its lowest byte, as everywhere that WebAssembly runs.
  const bytes = new Uint8Array(32 * quads * VALUES_PER_WORD);
  const values = new Uint32Array(bytes.buffer);
  const turned = new Uint32Array(4);
  for (let word = 0; word < wordsPerNet; word++) {
    bytes.fill(0);
    for (let lane = 0; lane < 32 && 32 * word + lane < inputs.length; lane++) {
      bytes.set(inputs[32 * word + lane], lane * quads * VALUES_PER_WORD);
    }
    planes.forEach((plane, bit) => {
      for (let quad = 0; quad < quads; quad++) {
        for (let eight = 0, at = quad; eight < 4; eight++) {
          let gathered = 0;
          for (let lane = 0; lane < 8; lane++, at += quads) gathered |= ((values[at] >>> bit) & LOWEST_BITS) << lane;
          turned[eight] = gathered;
        }
        const [a, b, c, d] = [turned[0], turned[1], turned[2], turned[3]];
        let to = quad * VALUES_PER_WORD * wordsPerNet + word;
        for (let shift = 0; shift < 32; shift += 8, to += wordsPerNet) {
          plane[to] =
            ((a >>> shift) & 255) |
            (((b >>> shift) & 255) << 8) |
            (((c >>> shift) & 255) << 16) |
            (((d >>> shift) & 255) << 24);
        }
      }
    });
  }
  return planes.map((plane) => plane.subarray(0, count * wordsPerNet));
}

/** Reads one number per lane out of the words of a port. */
export function gatherLanes(words: Uint32Array, lanes: number, wordsPerNet: number, signed: boolean): Int32Array {
  const width = words.length / wordsPerNet;
  const numbers = new Int32Array(lanes);
  for (let bit = 0; bit < width; bit++) {
    for (let lane = 0, at = bit * wordsPerNet; lane < lanes; lane += 32, at++) {
      const word = words[at];
      const end = Math.min(32, lanes - lane);
      for (let index = 0; index < end; index++) numbers[lane + index] |= ((word >>> index) & 1) << bit;
    }
  }
  const unused = 32 - width;
  if (signed) for (let lane = 0; lane < lanes; lane++) numbers[lane] = (numbers[lane] << unused) >> unused;
  return numbers;
}

/** Widths of the compiled engine in vectors of 128 lanes; more are not faster. */
const WIDTHS = [1, 2, 4] as const;

/**
 * How wide the compiled engine is best for so many inputs. A pipeline that has to fill and drain for few groups of inputs is better narrow.
 * A cycle is taken to cost as much as its vectors and one more: in measurements the constant part is between a quarter and one.
 */
export function vectorsForInputs(
  inputs: number,
  { initiationInterval, latency }: Pick<CircuitTiming, 'initiationInterval' | 'latency'>,
): number {
  const cost = (vectors: number): number =>
    ((Math.ceil(inputs / (128 * vectors)) - 1) * initiationInterval + latency + 1) * (vectors + 1);
  return WIDTHS.reduce<number>((best, width) => (cost(width) < cost(best) ? width : best), WIDTHS[0]);
}
