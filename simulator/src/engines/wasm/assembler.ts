/**
 * Writes WebAssembly modules byte by byte. It has the instructions that simulation, training and polishing use. Section
 * and opcode numbers: WebAssembly Core Specification 2.0, chapters 5.4 and 5.5.
 */
export type Code = readonly number[];

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
};

const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && !(low & 0x40)) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};

/** Joins parts. Modules have up to half a million bytes, and `concat` is the fastest way. */
const joined = (parts: readonly Code[]): number[] => ([] as number[]).concat(...parts);

const vector = (items: readonly (readonly number[])[]): number[] => unsigned(items.length).concat(...items);
const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
const section = (id: number, content: readonly number[]): number[] => [id].concat(unsigned(content.length), content);

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Encodes a memory argument: alignment as a power of two, then the constant offset. */
const memory = (alignment: number, offset: number): number[] => [alignment, ...unsigned(offset)];

export const wasm = {
  localGet: (index: number): Code => [0x20, ...unsigned(index)],
  localSet: (index: number): Code => [0x21, ...unsigned(index)],
  localTee: (index: number): Code => [0x22, ...unsigned(index)],
  i32Const: (value: number): Code => [0x41, ...signed(value)],
  i32Load: (offset: number): Code => [0x28, ...memory(2, offset)],
  /** Calls the function whose table index is on top of the stack, with the two arguments below it. */
  callIndirect: [0x11, 0x00, 0x00] as Code,
  i32Add: [0x6a] as Code,
  i32LessUnsigned: [0x49] as Code,
  /** A loop whose body leaves a condition on the stack. It repeats while that is not 0. */
  loopWhile: (...body: readonly Code[]): Code => joined([[0x03, 0x40], ...body, [0x0d, 0x00, 0x0b]]),
  /** A body that runs if the condition on the stack is not 0. */
  when: (...body: readonly Code[]): Code => joined([[0x04, 0x40], ...body, [0x0b]]),
  v128Load: (offset: number): Code => [...simd(0x00), ...memory(4, offset)],
  v128Load32Splat: (offset: number): Code => [...simd(0x09), ...memory(2, offset)],
  v128Store: (offset: number): Code => [...simd(0x0b), ...memory(4, offset)],
  /** A constant of 16 bytes. */
  v128Const: (bytes: readonly number[]): Code => [...simd(0x0c), ...bytes],
  /** Stores one of the four 32-bit lanes. */
  v128Store32Lane: (offset: number, lane: number): Code => [...simd(0x5a), ...memory(2, offset), lane],
  /** (x, y): byte i is byte bytes[i] of x followed by y. */
  i8x16Shuffle: (bytes: readonly number[]): Code => [...simd(0x0d), ...bytes],
  v128Not: simd(0x4d) as Code,
  v128And: simd(0x4e) as Code,
  /** (x, y): x where y is 0. */
  v128AndNot: simd(0x4f) as Code,
  v128Or: simd(0x50) as Code,
  v128Xor: simd(0x51) as Code,
  /** (x, y, mask): x where mask is 1, else y. */
  v128Bitselect: simd(0x52) as Code,
  v128AnyTrue: simd(0x53) as Code,
  /** Gives all ones in the bytes where both are equal. */
  i8x16Equal: simd(0x23) as Code,
  i8x16GreaterUnsigned: simd(0x28) as Code,
  /** Shifts by the number of bits on top of the stack. */
  i8x16ShiftRightSigned: simd(0x6c) as Code,
  i8x16Add: simd(0x6e) as Code,
  i8x16Subtract: simd(0x71) as Code,
  i16x8ExtendLowSigned: simd(0x87) as Code,
  i16x8ExtendHighSigned: simd(0x88) as Code,
  /** Adds neighbours: eight 16-bit integers become four sums. */
  i32x4AddPairsSigned: simd(0x7e) as Code,
  i32x4LessSigned: simd(0x39) as Code,
  /** Shifts by the number of bits on top of the stack. */
  i32x4ShiftLeft: simd(0xab) as Code,
  i32x4ShiftRightUnsigned: simd(0xad) as Code,
  i32x4Add: simd(0xae) as Code,
  i32x4Multiply: simd(0xb5) as Code,
  f32x4Add: simd(0xe4) as Code,
  f32x4Subtract: simd(0xe5) as Code,
  f32x4Multiply: simd(0xe6) as Code,
} as const;

const I32 = 0x7f;
const V128 = 0x7b;

/** A function (i32, i32) -> () with extra locals after its two parameters. */
export interface WasmFunction {
  readonly name: string;
  readonly i32Locals: number;
  readonly v128Locals: number;
  readonly body: readonly Code[];
}

/**
 * Assembles a module that imports `env.memory`, exports each function by name, and has a table of all functions in
 * order.
 */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector([[I32], [I32]]), ...vector([])];
  const code = functions.map(({ i32Locals, v128Locals, body }) => {
    const locals = vector([
      [...unsigned(i32Locals), I32],
      [...unsigned(v128Locals), V128],
    ]);
    const content = joined([locals, ...body, [0x0b]]);
    return joined([unsigned(content.length), content]);
  });
  return Uint8Array.from(
    joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, vector([type])),
      section(2, vector([[...text('env'), ...text('memory'), 0x02, 0x00, 0x00]])),
      section(3, vector(functions.map(() => [0x00]))),
      section(4, vector([[0x70, 0x00, ...unsigned(functions.length)]])),
      section(7, vector(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
      section(9, vector([[0x00, ...wasm.i32Const(0), 0x0b, ...vector(functions.map((_, index) => unsigned(index)))]])),
      section(10, vector(code)),
    ]),
  );
}
