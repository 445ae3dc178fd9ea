import { wasm, type Code, type WasmFunction } from './assembler.js';

const WORD_LANES = 32;
const WORD_BYTES = 4;
const BYTE_BITS = 8;
const VECTOR_BYTES = 16;
/** The vectors that hold one byte for each lane of a word. */
const HALVES = WORD_LANES / VECTOR_BYTES;

/** Offsets of the parameters in their block of memory. */
export const GATHER = {
  /** Addresses of the words of the highest bit, and of their end. */
  highest: 0,
  end: 4,
  /** Distance in bytes from one bit's words to those of the next lower bit: a negative number. */
  step: 8,
  /** Address of the first lane's number, and the distance in bytes from one lane's number to the next. */
  target: 12,
  row: 16,
} as const;

export const GATHER_BYTES = 20;

/** Interleaves the lower or the upper halves of two vectors, `size` bytes at a time. */
const zip = (size: 1 | 2, half: 0 | 1): Code =>
  wasm.i8x16Shuffle(
    Array.from({ length: VECTOR_BYTES }, (_, at) => {
      const unit = Math.floor(at / size);
      return (half * VECTOR_BYTES) / 2 + (unit >> 1) * size + (at % size) + (unit % 2) * VECTOR_BYTES;
    }),
  );

/**
 * Spreads half of the bits of a word over 16 bytes: each byte gets the eight bits that its lane is among. The word is
 * in every fourth byte of a vector.
 */
const spread = (half: number): Code =>
  wasm.i8x16Shuffle(Array.from({ length: VECTOR_BYTES }, (_, at) => 2 * half + (at >> 3)));

/**
 * Builds a function (parameters, ignored) that reads a signed integer of `bytes` bytes from every lane and writes it
 * with 32 bits. For each byte, a lane's bits are doubled and added up. Then the bytes of a lane are put together.
 */
export function gatherFunction(name: string, bytes: 1 | 2 | 3 | 4): WasmFunction {
  const RECORD = 0;
  const [HIGHEST, PLANE, TO, STEP, ROW] = [2, 3, 4, 5, 6];
  const [WORD, LANE_BITS] = [7, 8];
  /** Gives the local for a byte of the numbers and a half of the lanes: one byte per lane. */
  const sum = (byte: number, half: number): number => LANE_BITS + 1 + HALVES * byte + half;
  const pair = (which: 0 | 1): number => sum(4, 0) + which;
  const field = (offset: number): Code[] => [wasm.localGet(RECORD), wasm.i32Load(offset)];
  const advance = (index: number, by: Code): Code[] => [
    ...[wasm.localGet(index), by, wasm.i32Add, wasm.localSet(index)],
  ];

  const addBit = (byte: number, half: number): Code[] => [
    ...[wasm.localGet(sum(byte, half)), wasm.localGet(sum(byte, half)), wasm.i8x16Add],
    // Gives all ones, which is -1, where the lane's bit is 1.
    ...[wasm.localGet(WORD), wasm.localGet(WORD), spread(half), wasm.localGet(LANE_BITS), wasm.v128And],
    ...[wasm.localGet(LANE_BITS), wasm.i8x16Equal, wasm.i8x16Subtract, wasm.localSet(sum(byte, half))],
  ];
  const addBits = Array.from({ length: bytes * BYTE_BITS }, (_, from) => {
    const byte = bytes - 1 - Math.floor(from / BYTE_BITS);
    return [
      ...[wasm.localGet(PLANE), wasm.v128Load32Splat(0), wasm.localSet(WORD)],
      ...[...addBit(byte, 0), ...addBit(byte, 1), ...advance(PLANE, wasm.localGet(STEP))],
    ];
  }).flat();
  /** Bytes above those that are read repeat the sign. */
  const byteOf = (byte: number, half: number): Code[] =>
    byte < bytes
      ? [wasm.localGet(sum(byte, half))]
      : [wasm.localGet(sum(bytes - 1, half)), wasm.i32Const(BYTE_BITS - 1), wasm.i8x16ShiftRightSigned];
  const halves = [0, 1] as const;
  const stores = halves.flatMap((half) =>
    halves.flatMap((eight) => [
      ...[...byteOf(0, half), ...byteOf(1, half), zip(1, eight), wasm.localSet(pair(0))],
      ...[...byteOf(2, half), ...byteOf(3, half), zip(1, eight), wasm.localSet(pair(1))],
      ...halves.flatMap((four) => [
        ...[wasm.localGet(pair(0)), wasm.localGet(pair(1)), zip(2, four), wasm.localSet(WORD)],
        ...[0, 1, 2, 3].flatMap((lane) => [
          ...[wasm.localGet(TO), wasm.localGet(WORD), wasm.v128Store32Lane(0, lane)],
          ...advance(TO, wasm.localGet(ROW)),
        ]),
      ]),
    ]),
  );
  const clear = Array.from({ length: HALVES * bytes }, (_, index) => [
    ...[wasm.v128Const(new Array<number>(VECTOR_BYTES).fill(0)), wasm.localSet(sum(0, 0) + index)],
  ]).flat();
  const body = [
    ...[...field(GATHER.highest), wasm.localSet(HIGHEST), ...field(GATHER.target), wasm.localSet(TO)],
    ...[...field(GATHER.step), wasm.localSet(STEP), ...field(GATHER.row), wasm.localSet(ROW)],
    wasm.v128Const(Array.from({ length: VECTOR_BYTES }, (_, lane) => 1 << (lane % BYTE_BITS))),
    wasm.localSet(LANE_BITS),
    wasm.loopWhile(
      ...[wasm.localGet(HIGHEST), wasm.localSet(PLANE), ...clear, ...addBits, ...stores],
      ...[wasm.localGet(HIGHEST), wasm.i32Const(WORD_BYTES), wasm.i32Add, wasm.localTee(HIGHEST)],
      ...[...field(GATHER.end), wasm.i32LessUnsigned],
    ),
  ];
  return { name, i32Locals: 5, v128Locals: 2 + HALVES * 4 + 2, body };
}
