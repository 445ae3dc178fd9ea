import type { CircuitTiming } from '../circuit/circuit.js';

/**
 * Transposes vectors into lanes: word w of bit plane b of value i holds bit b of value i in vectors 32 w .. 32 w + 31.
 * Slow and bit by bit; `LaneSlicer` does the same fast.
 * @returns one array per plane, least significant first, as Engine.setInput takes it
 */
export function sliceIntoLanes(inputs: readonly Uint8Array[], valueBits: number, wordsPerNet: number): Uint32Array[] {
  const count = inputs[0]?.length ?? 0;
  return Array.from({ length: valueBits }, (_, bit) => {
    const plane = new Uint32Array(count * wordsPerNet);
    inputs.forEach((values, lane) => {
      values.forEach((value, index) => {
        plane[index * wordsPerNet + (lane >>> 5)] |= ((value >>> bit) & 1) << (lane & 31);
      });
    });
    return plane;
  });
}

/** Reads one number per lane from the words of a port. Slow and bit by bit; `LaneReader` does the same fast. */
export function gatherLanes(words: Uint32Array, lanes: number, wordsPerNet: number, signed: boolean): Int32Array {
  const width = words.length / wordsPerNet;
  const numbers = new Int32Array(lanes);
  for (let bit = 0; bit < width; bit++) {
    for (let lane = 0; lane < lanes; lane++) {
      numbers[lane] |= ((words[bit * wordsPerNet + (lane >>> 5)] >>> (lane & 31)) & 1) << bit;
    }
  }
  const unused = 32 - width;
  if (signed) for (let lane = 0; lane < lanes; lane++) numbers[lane] = (numbers[lane] << unused) >> unused;
  return numbers;
}

/** Widths of the compiled engine in vectors of 128 lanes. Wider ones are not faster. */
const WIDTHS = [1, 2, 4] as const;

/**
 * Chooses the width of the compiled engine for a number of inputs. With few groups of inputs, the pipeline spends much
 * of its time filling and draining, and a narrow engine is faster. A cycle is taken to cost its vectors plus one:
 * measured, the constant part is between a quarter and one.
 */
export function vectorsForInputs(
  inputs: number,
  { initiationInterval, latency }: Pick<CircuitTiming, 'initiationInterval' | 'latency'>,
): number {
  const cost = (vectors: number): number =>
    ((Math.ceil(inputs / (128 * vectors)) - 1) * initiationInterval + latency + 1) * (vectors + 1);
  return WIDTHS.reduce<number>((best, width) => (cost(width) < cost(best) ? width : best), WIDTHS[0]);
}
