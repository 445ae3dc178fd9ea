import { wasm, type Code, type WasmFunction } from './assembler.js';

/**
 * Inputs in a block: one vector of 128 lanes. A tile is 16 values of all of them. A tile is transposed in two steps.
 * First 8 x 8 bits, so that a byte holds one bit of a value in eight lanes; then 16 x 16 bytes, so that a vector holds
 * that bit in all lanes.
 */
export const BLOCK_INPUTS = 128;
export const TILE_VALUES = 16;

const LANES_OF_BYTE = 8;
const VECTOR_BYTES = 16;
const TILE_BYTES = VECTOR_BYTES * TILE_VALUES;

/**
 * Offsets in the memory of the function: its parameters, then the bits seen in the values (or-ed into what is there),
 * then one tile per plane.
 */
export const SLICE = {
  /** Address of the first value of the block's first input, and of the end of the last tile in that input. */
  first: 0,
  end: 4,
  /** Distance in bytes from one input to the next. */
  pitch: 8,
  /** Address of the first value's lanes in the lowest plane. */
  target: 12,
  /**
   * Distance in bytes from one value's lanes to the next, over a tile, and from the end of a tile to its start in the
   * next plane.
   */
  stride: 16,
  tileStride: 20,
  planeStep: 24,
  seen: 32,
  tiles: 48,
} as const;

/** The memory of the function for values of up to eight bits. */
export const SLICE_BYTES = SLICE.tiles + LANES_OF_BYTE * TILE_BYTES;

/** For a swap of bits `distance` apart: the bits that stay in the lower of two bytes. */
const STAYING: Readonly<Record<number, number>> = { 4: 0x0f, 2: 0x33, 1: 0x55 };

/** Interleaves the bytes of the lower or the upper halves of two vectors. */
const zip = (from: 0 | 8): Code =>
  wasm.i8x16Shuffle(Array.from({ length: 16 }, (_, at) => from + (at >> 1) + (at % 2 === 0 ? 0 : VECTOR_BYTES)));

/**
 * Transposes 8 x 8 bits in every byte of eight vectors in place (Hacker's Delight, 7-3): bit l of local k becomes the
 * old bit k of local l. Values have at most `valueBits` bits, and only that many locals are correct afterwards.
 */
function turnBits(valueBits: number, local: (index: number) => number): Code[] {
  const code: Code[] = [];
  let live = LANES_OF_BYTE;
  for (let distance = LANES_OF_BYTE / 2; distance >= 1; distance /= 2) {
    const mask = wasm.v128Const(new Array<number>(VECTOR_BYTES).fill(STAYING[distance]));
    for (let index = 0; index < live; index++) {
      if ((index & distance) !== 0) continue;
      const [low, high] = [wasm.localGet(local(index)), wasm.localGet(local(index + distance))];
      const raised = [high, wasm.i32Const(distance), wasm.i32x4ShiftLeft];
      if (valueBits <= distance) {
        // The upper bits are 0, and their results are not used.
        code.push(low, ...raised, wasm.v128Or, wasm.localSet(local(index)));
        continue;
      }
      const lowered = [low, wasm.i32Const(distance), wasm.i32x4ShiftRightUnsigned];
      code.push(low, ...raised, mask, wasm.v128Bitselect, ...lowered, high, mask, wasm.v128Bitselect);
      code.push(wasm.localSet(local(index + distance)), wasm.localSet(local(index)));
    }
    if (valueBits <= distance) live = distance;
  }
  return code;
}

/**
 * Builds a function (parameters, ignored) that transposes one block of inputs with values of `valueBits` bits into
 * planes of lanes.
 */
export function sliceFunction(name: string, valueBits: number): WasmFunction {
  const RECORD = 0;
  const [COLUMN, TARGET, FROM, TILE, TO, PITCH, STRIDE] = [2, 3, 4, 5, 6, 7, 8];
  const SEEN = 9;
  /** Gives a local of two sets of 16. Each round of interleaving reads one set and writes the other. */
  const local = (index: number): number => SEEN + 1 + index;
  const field = (offset: number): Code[] => [wasm.localGet(RECORD), wasm.i32Load(offset)];
  const advance = (index: number, by: readonly Code[]): Code[] => [
    ...[wasm.localGet(index), ...by, wasm.i32Add, wasm.localSet(index)],
  ];

  const loads = Array.from({ length: LANES_OF_BYTE }, (_, lane) => [
    ...[wasm.localGet(FROM), wasm.v128Load(0), wasm.localTee(local(lane))],
    ...[wasm.localGet(SEEN), wasm.v128Or, wasm.localSet(SEEN)],
    ...advance(FROM, [wasm.localGet(PITCH)]),
  ]).flat();
  const stores = Array.from({ length: valueBits }, (_, plane) => [
    ...[wasm.localGet(TILE), wasm.localGet(local(plane)), wasm.v128Store(SLICE.tiles + plane * TILE_BYTES)],
  ]).flat();
  const eightLanes = wasm.loopWhile(
    ...loads,
    ...turnBits(valueBits, local),
    ...stores,
    ...[wasm.localGet(TILE), wasm.i32Const(VECTOR_BYTES), wasm.i32Add, wasm.localTee(TILE)],
    ...[wasm.localGet(RECORD), wasm.i32Const(TILE_BYTES), wasm.i32Add, wasm.i32LessUnsigned],
  );

  const turnBytes = (plane: number): Code[] => {
    const code: Code[] = [];
    const vector = (set: number, index: number): number => local((set % 2) * 16 + index);
    for (let index = 0; index < 16; index++) {
      const at = SLICE.tiles + plane * TILE_BYTES + index * VECTOR_BYTES;
      code.push(wasm.localGet(RECORD), wasm.v128Load(at), wasm.localSet(vector(0, index)));
    }
    for (let stage = 0; stage < 4; stage++) {
      for (let index = 0; index < 8; index++) {
        const pair = [wasm.localGet(vector(stage, index)), wasm.localGet(vector(stage, index + 8))];
        code.push(...pair, zip(0), wasm.localSet(vector(stage + 1, 2 * index)));
        code.push(...pair, zip(8), wasm.localSet(vector(stage + 1, 2 * index + 1)));
      }
    }
    for (let index = 0; index < 16; index++) {
      code.push(wasm.localGet(TO), wasm.localGet(vector(4, index)), wasm.v128Store(0));
      code.push(...advance(TO, [wasm.localGet(STRIDE)]));
    }
    return code;
  };
  const planes = Array.from({ length: valueBits }, (_, plane) => [
    ...(plane === 0 ? [] : advance(TO, field(SLICE.planeStep))),
    ...turnBytes(plane),
  ]).flat();

  const body = [
    ...[...field(SLICE.first), wasm.localSet(COLUMN), ...field(SLICE.target), wasm.localSet(TARGET)],
    ...[...field(SLICE.pitch), wasm.localSet(PITCH), ...field(SLICE.stride), wasm.localSet(STRIDE)],
    wasm.loopWhile(
      ...[wasm.localGet(COLUMN), wasm.localSet(FROM), wasm.localGet(RECORD), wasm.localSet(TILE)],
      eightLanes,
      ...[wasm.localGet(TARGET), wasm.localSet(TO)],
      ...planes,
      ...advance(TARGET, field(SLICE.tileStride)),
      ...[wasm.localGet(COLUMN), wasm.i32Const(TILE_VALUES), wasm.i32Add, wasm.localTee(COLUMN)],
      ...[...field(SLICE.end), wasm.i32LessUnsigned],
    ),
    ...[wasm.localGet(RECORD), wasm.localGet(RECORD), wasm.v128Load(SLICE.seen)],
    ...[wasm.localGet(SEEN), wasm.v128Or, wasm.v128Store(SLICE.seen)],
  ];
  return { name, i32Locals: 7, v128Locals: 1 + 2 * 16, body };
}
