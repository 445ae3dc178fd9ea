/**
 * What a dropout mask is: the definition in plain JavaScript, and the same in WebAssembly SIMD, eight values at a time.
 *
 * Value i is decided by 16 bits of a hash of the mask's seed and the number of a 32-bit word. Eight values share four
 * words: the low halves of words 4b to 4b + 3 are values 8b to 8b + 3, their high halves the next four.
 */
import { instantiateFunctions, wasm, type Code, type WasmFunction } from '@adiabit/simulator/wasm';

export interface Mask {
  readonly shape: readonly number[];
  /** The probability of a 0; other values are 1 / (1 - rate). Multiples of 2^-16 are kept to exactly. */
  readonly rate: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
}

/** Returns the number below which the 16 bits of a value drop it. */
export const thresholdOf = (rate: number): number => Math.round(rate * 2 ** 16);

/** Returns what makes up for the dropped ones, so that the expected value is what the whole network sees later. */
export const keptValueOf = (rate: number): number => 1 / (1 - thresholdOf(rate) / 2 ** 16);

/**
 * C. Wellons, "Prospecting for Hash Functions", 2018 (lowbias32): every bit of the word changes half of the result's.
 */
const rounds = { shifts: [16, 15, 16], factors: [0x7feb352d, 0x846ca68b] } as const;

function hash(word: number): number {
  word = Math.imul(word ^ (word >>> rounds.shifts[0]), rounds.factors[0]);
  word = Math.imul(word ^ (word >>> rounds.shifts[1]), rounds.factors[1]);
  return word ^ (word >>> rounds.shifts[2]);
}

const sizeOf = ({ shape }: Mask): number => shape.reduce((product, size) => product * size, 1);

/** Returns the mask as the definition has it. */
export function hashedMask(mask: Mask): Float32Array {
  const threshold = thresholdOf(mask.rate);
  const kept = keptValueOf(mask.rate);
  return Float32Array.from({ length: sizeOf(mask) }, (_, place) => {
    const word = hash(hash(((place >>> 3) << 2) | (place & 3)) ^ mask.seed);
    return ((word >>> ((place & 4) << 2)) & 0xffff) < threshold ? 0 : kept;
  });
}

/** Fills in the same mask, many times as fast. */
export function fillMask(mask: Mask): Float32Array {
  filler ??= createFiller();
  const values = new Float32Array(sizeOf(mask));
  const { words, floats, constants, fill } = filler;
  constants.seed[0] = mask.seed;
  constants.threshold[0] = thresholdOf(mask.rate);
  constants.kept[0] = keptValueOf(mask.rate);
  for (let start = 0; start < values.length; start += floats.length) {
    const size = Math.min(floats.length, values.length - start);
    for (let lane = 0; lane < 4; lane++) words[lane] = start / 2 + lane;
    fill(VALUES_AT, VALUES_AT + Math.ceil(size / 8) * 2 * VECTOR);
    values.set(size === floats.length ? floats : floats.subarray(0, size), start);
  }
  return values;
}

const VECTOR = 16;
/** Values between two visits of JavaScript: they stay in the first cache. */
const VALUES_AT_ONCE = 4096;

/** Bytes of the filler's memory: four words, then constants, then values. */
const at = { words: 0, seed: 16, threshold: 20, kept: 24, mask: 28, four: 32, factors: [36, 40] } as const;
const VALUES_AT = 48;

interface Filler {
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly constants: Readonly<Record<'seed' | 'threshold', Int32Array> & Record<'kept', Float32Array>>;
  readonly fill: (first: number, second: number) => void;
}

let filler: Filler | undefined;

function createFiller(): Filler {
  const { memory, functions } = instantiateFunctions([fillFunction()], VALUES_AT + 4 * VALUES_AT_ONCE);
  const integer = (offset: number, count = 1): Int32Array => new Int32Array(memory, offset, count);
  integer(at.mask)[0] = 0xffff;
  integer(at.four)[0] = 4;
  rounds.factors.forEach((factor, index) => (integer(at.factors[index])[0] = factor));
  return {
    words: integer(at.words, 4),
    floats: new Float32Array(memory, VALUES_AT, VALUES_AT_ONCE),
    constants: {
      seed: integer(at.seed),
      threshold: integer(at.threshold),
      kept: new Float32Array(memory, at.kept, 1),
    },
    fill: functions['fill'],
  };
}

/** Writes the function fill(from, to): values from one address to another, in blocks of eight. */
function fillFunction(): WasmFunction {
  const [FROM, TO, WORDS, HASH] = [0, 1, 2, 3];
  const [SEED, THRESHOLD, KEPT, MASK, FOUR, FACTOR] = [4, 5, 6, 7, 8, 9];
  const splat = (offset: number, local: number): Code[] => [
    ...[wasm.i32Const(offset), wasm.v128Load32Splat(0), wasm.localSet(local)],
  ];
  const shifted = (bits: number): Code[] => [
    ...[wasm.localGet(HASH), wasm.localGet(HASH), wasm.i32Const(bits), wasm.i32x4ShiftRightUnsigned, wasm.v128Xor],
  ];
  const hashed: Code[] = [
    ...[...shifted(rounds.shifts[0]), wasm.localGet(FACTOR), wasm.i32x4Multiply, wasm.localSet(HASH)],
    ...[...shifted(rounds.shifts[1]), wasm.localGet(FACTOR + 1), wasm.i32x4Multiply, wasm.localSet(HASH)],
    ...[...shifted(rounds.shifts[2]), wasm.localSet(HASH)],
  ];
  const store = (half: readonly Code[], offset: number): Code[] => [
    ...[wasm.localGet(FROM), wasm.localGet(KEPT), ...half, wasm.localGet(THRESHOLD), wasm.i32x4LessSigned],
    ...[wasm.v128AndNot, wasm.v128Store(offset)],
  ];
  const body = wasm.loopWhile(
    ...[wasm.localGet(WORDS), wasm.localSet(HASH), ...hashed],
    ...[wasm.localGet(HASH), wasm.localGet(SEED), wasm.v128Xor, wasm.localSet(HASH), ...hashed],
    ...store([wasm.localGet(HASH), wasm.localGet(MASK), wasm.v128And], 0),
    ...store([wasm.localGet(HASH), wasm.i32Const(16), wasm.i32x4ShiftRightUnsigned], VECTOR),
    ...[wasm.localGet(WORDS), wasm.localGet(FOUR), wasm.i32x4Add, wasm.localSet(WORDS)],
    ...[wasm.localGet(FROM), wasm.i32Const(2 * VECTOR), wasm.i32Add, wasm.localTee(FROM)],
    ...[wasm.localGet(TO), wasm.i32LessUnsigned],
  );
  const constants = [
    ...[wasm.i32Const(at.words), wasm.v128Load(0), wasm.localSet(WORDS)],
    ...[...splat(at.seed, SEED), ...splat(at.threshold, THRESHOLD), ...splat(at.kept, KEPT), ...splat(at.mask, MASK)],
    ...[...splat(at.four, FOUR), ...splat(at.factors[0], FACTOR), ...splat(at.factors[1], FACTOR + 1)],
  ];
  return { name: 'fill', i32Locals: 0, v128Locals: 9, body: [...constants, body] };
}
