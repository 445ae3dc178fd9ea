import { wasm, type Code, type WasmFunction } from './assembler.js';

const WORD_LANES = 32;
const VECTOR_LANES = 4;
const VECTORS = WORD_LANES / VECTOR_LANES;
const VECTOR_BYTES = 16;

/** Bytes from the record on: its words, then for each of 32 lanes a word with its bit. */
export const GATHER = {
  /** Address of the sign's words, of the lowest bit's, and of the end of the sign's. */
  ...{ sign: 0, lowest: 4, end: 8 },
  /** Bytes from one bit's words to those of the next lower bit: a negative number. */
  step: 12,
  /** Address of the first lane's number, and bytes from one lane's number to the next one's. */
  ...{ target: 16, row: 20 },
  lanes: 32,
} as const;

export const GATHER_BYTES = GATHER.lanes + VECTORS * VECTOR_BYTES;

/** What stands at `GATHER.lanes`. */
export const LANE_BITS = Uint32Array.from({ length: WORD_LANES }, (_, lane) => 1 << lane);

/**
 * A function (record, ignored) that reads a number of 32 bits out of every lane: it begins with the sign, 0 or -1, and doubles and
 * adds bit by bit, with the sign as the first of them, which changes nothing.
 */
export function gatherFunction(name: string): WasmFunction {
  const RECORD = 0;
  const [SIGN, LOWEST, PLANE, TO, STEP, ROW] = [2, 3, 4, 5, 6, 7];
  const BITS = 8;
  const lane = (vector: number): number => BITS + 1 + vector;
  const number = (vector: number): number => lane(VECTORS + vector);
  const field = (offset: number): Code[] => [wasm.localGet(RECORD), wasm.i32Load(offset)];
  const advance = (index: number, by: Code): Code[] => [
    ...[wasm.localGet(index), by, wasm.i32Add, wasm.localSet(index)],
  ];
  const each = (code: (vector: number) => readonly Code[]): Code[] =>
    Array.from({ length: VECTORS }, (_, vector) => code(vector)).flat();
  const readBits = [wasm.localGet(PLANE), wasm.v128Load32Splat(0), wasm.localSet(BITS)];
  /** -1 where the lane's bit is 1. */
  const isSet = (vector: number): Code[] => [
    ...[wasm.localGet(BITS), wasm.localGet(lane(vector)), wasm.v128And, wasm.localGet(lane(vector)), wasm.i32x4Equal],
  ];
  const twice = (vector: number): Code[] => [
    ...[wasm.localGet(number(vector)), wasm.localGet(number(vector)), wasm.i32x4Add],
  ];
  const fields = [
    ...[GATHER.sign, GATHER.lowest, GATHER.target, GATHER.step, GATHER.row].flatMap((offset, index) => [
      ...[...field(offset), wasm.localSet([SIGN, LOWEST, TO, STEP, ROW][index])],
    ]),
  ];
  const body = [
    ...fields,
    ...each((vector) => [
      ...[wasm.localGet(RECORD), wasm.v128Load(GATHER.lanes + vector * VECTOR_BYTES), wasm.localSet(lane(vector))],
    ]),
    wasm.loopWhile(
      ...[wasm.localGet(SIGN), wasm.localSet(PLANE), ...readBits],
      ...each((vector) => [...isSet(vector), wasm.localSet(number(vector))]),
      wasm.loopWhile(
        ...readBits,
        ...each((vector) => [...twice(vector), ...isSet(vector), wasm.i32x4Subtract, wasm.localSet(number(vector))]),
        ...[wasm.localGet(LOWEST), wasm.localGet(PLANE), wasm.i32LessUnsigned],
        ...advance(PLANE, wasm.localGet(STEP)),
      ),
      ...each((vector) =>
        Array.from({ length: VECTOR_LANES }, (_, at) => [
          ...[wasm.localGet(TO), wasm.localGet(number(vector)), wasm.v128Store32Lane(0, at)],
          ...advance(TO, wasm.localGet(ROW)),
        ]).flat(),
      ),
      ...advance(LOWEST, wasm.i32Const(4)),
      ...[wasm.localGet(SIGN), wasm.i32Const(4), wasm.i32Add, wasm.localTee(SIGN)],
      ...[...field(GATHER.end), wasm.i32LessUnsigned],
    ),
  ];
  return { name, i32Locals: 6, v128Locals: 1 + 2 * VECTORS, body };
}
