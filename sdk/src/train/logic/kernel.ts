/**
 * The kernel of learnt tables, for one layer and one chunk of examples. All values of a chunk are rows: the same value
 * of 32 examples, in eight vectors of four. Everything between them is fused, so that a table's numbers stay in
 * registers and the nearest cache:
 *
 * - `forward`: every pin mixes the rows of its links by their shares; the table's value follows by interpolation, pin
 *   after pin: f = f0 + (f1 - f0) x, where f0 and f1 are the halves of the table in which the pin is 0 and 1.
 * - `backward`: the same from the end. A pin's gradient replaces its mixed row. A link's gradient is one dot product of
 *   its row with that.
 * - `probe`: the same dot products with rows that are no links of the pin, to see which would be better.
 *
 * Sums over examples stay in four lanes; those of `forward` and `backward` are added up by who reads them.
 */
import { wasm, type Code, type WasmFunction } from '@adiabit/simulator/wasm';

/** Examples in a chunk. */
export const CHUNK = 32;
const FLOAT = 4;
const VECTOR = 16;
/** Bytes of a row. */
export const ROW = CHUNK * FLOAT;
const VECTORS = ROW / VECTOR;

/** Bytes of a link: the distance of its row from the first row of the layer's inputs, and its share. */
export const LINK = 8;

/** Offsets of the parameters of `forward` and `backward` in their block of memory. All are addresses. */
export const LAYER = {
  /** The first link. A pin's links follow those of the pin before. */
  links: 0,
  /** For every pin the address of the end of its links; and the end of this list. */
  pinEnds: 4,
  pinEndsEnd: 8,
  /** Rows of the layer's inputs, of its mixed pins and of its outputs. */
  inputs: 12,
  mixed: 16,
  outputs: 20,
  /** Halves of tables: for every pair of entries that the last pin decides between, the first, and the second less it. */
  halves: 24,
  /** For every table the address of its row of gradients. */
  gradients: 28,
  /** For every pair of entries four lanes of the gradient of the second, and of both together. */
  halfSums: 32,
  /** For every link four lanes of its gradient. */
  linkSums: 36,
  /** Rows of the gradients of the inputs, which are added to. */
  inputGradients: 40,
} as const;
export const LAYER_BYTES = 48;

/** Offsets of the parameters of `probe`. All but the steps are addresses. */
export const PROBE = {
  /** The pin's gradients in the first chunk, and the distances to those of the next, and of the inputs' rows. */
  gradients: 0,
  gradientStep: 4,
  inputs: 8,
  inputStep: 12,
  /** The end of the inputs' rows. */
  inputsEnd: 16,
  /** Distances of the rows to look at from the first row; and the end of this list. */
  rows: 20,
  rowsEnd: 24,
  /** Room for four lanes a row, all 0. */
  sums: 28,
  /** For every row its gradient. */
  results: 32,
} as const;
export const PROBE_BYTES = 48;

const RECORD = 0;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const field = (offset: number): Code[] => [wasm.localGet(RECORD), wasm.i32Load(offset)];
const set = (local: number, offset: number): Code[] => [...field(offset), wasm.localSet(local)];
const advance = (local: number, bytes: number): Code[] => [
  ...[wasm.localGet(local), wasm.i32Const(bytes), wasm.i32Add, wasm.localSet(local)],
];
const whileBefore = (local: number, end: readonly Code[]): Code[] => [
  ...[wasm.localGet(local), ...end, wasm.i32LessUnsigned],
];
const zero = wasm.v128Const(new Array<number>(VECTOR).fill(0));

/** Returns the functions for layers whose tables have this number of inputs. */
export const logicFunctions = (tableInputs: number): readonly WasmFunction[] => [
  forward(tableInputs),
  backward(tableInputs, false),
  backward(tableInputs, true),
];

export const forwardName = (tableInputs: number): string => `forward${tableInputs}`;
/** With gradients of the layer's inputs or without. */
export const backwardName = (tableInputs: number, through: boolean): string =>
  `${through ? 'backwardThrough' : 'backward'}${tableInputs}`;

function forward(pins: number): WasmFunction {
  const [AT, END, PIN_END, MIXED, OUT, HALF, X_BASE, X_ROW, STOP] = [2, 3, 4, 5, 6, 7, 8, 9, 10];
  const firstVector = 11;
  const [SHARE, sum] = [firstVector, (vector: number) => firstVector + 1 + vector];
  const [x, low] = [(pin: number) => firstVector + pin, (pin: number) => firstVector + pins + pin];
  const mix = range(pins).flatMap((pin) => [
    ...[wasm.localGet(PIN_END), wasm.i32Load(pin * FLOAT), wasm.localSet(END)],
    ...range(VECTORS).flatMap((vector) => [zero, wasm.localSet(sum(vector))]),
    wasm.loopWhile(
      ...[wasm.localGet(AT), wasm.v128Load32Splat(FLOAT), wasm.localSet(SHARE)],
      ...[wasm.localGet(AT), wasm.i32Load(0), wasm.localGet(X_BASE), wasm.i32Add, wasm.localSet(X_ROW)],
      ...range(VECTORS).flatMap((vector) => [
        ...[wasm.localGet(X_ROW), wasm.v128Load(vector * VECTOR), wasm.localGet(SHARE), wasm.f32x4Multiply],
        ...[wasm.localGet(sum(vector)), wasm.f32x4Add, wasm.localSet(sum(vector))],
      ]),
      ...[...advance(AT, LINK), ...whileBefore(AT, [wasm.localGet(END)])],
    ),
    ...range(VECTORS).flatMap((vector) => [
      ...[wasm.localGet(MIXED), wasm.localGet(sum(vector)), wasm.v128Store(pin * ROW + vector * VECTOR)],
    ]),
  ]);
  /** Leaves the value of the table whose first pins are the bits of `entry` on the stack. */
  const interpolate = (pin: number, entry: number): Code[] => {
    if (pin === pins - 1) {
      return [
        ...[wasm.localGet(HALF), wasm.v128Load32Splat(entry * 2 * FLOAT + FLOAT), wasm.localGet(x(pin))],
        ...[wasm.f32x4Multiply, wasm.localGet(HALF), wasm.v128Load32Splat(entry * 2 * FLOAT), wasm.f32x4Add],
      ];
    }
    return [
      ...[...interpolate(pin + 1, entry), wasm.localTee(low(pin))],
      ...[...interpolate(pin + 1, entry + 2 ** pin), wasm.localGet(low(pin)), wasm.f32x4Subtract],
      ...[wasm.localGet(x(pin)), wasm.f32x4Multiply, wasm.f32x4Add],
    ];
  };
  const evaluate = [
    ...[wasm.localGet(MIXED), wasm.i32Const(ROW), wasm.i32Add, wasm.localSet(STOP)],
    wasm.loopWhile(
      ...range(pins).flatMap((pin) => [wasm.localGet(MIXED), wasm.v128Load(pin * ROW), wasm.localSet(x(pin))]),
      ...[wasm.localGet(OUT), ...interpolate(0, 0), wasm.v128Store(0)],
      ...[...advance(OUT, VECTOR), ...advance(MIXED, VECTOR), ...whileBefore(MIXED, [wasm.localGet(STOP)])],
    ),
  ];
  const body = [
    ...[...set(AT, LAYER.links), ...set(PIN_END, LAYER.pinEnds), ...set(MIXED, LAYER.mixed)],
    ...[...set(OUT, LAYER.outputs), ...set(HALF, LAYER.halves), ...set(X_BASE, LAYER.inputs)],
    wasm.loopWhile(
      ...[...mix, ...evaluate, ...advance(MIXED, (pins - 1) * ROW), ...advance(HALF, 2 ** pins * FLOAT)],
      ...[...advance(PIN_END, pins * FLOAT), ...whileBefore(PIN_END, field(LAYER.pinEndsEnd))],
    ),
  ];
  return { name: forwardName(pins), i32Locals: 9, v128Locals: Math.max(VECTORS + 1, 2 * pins), body };
}

function backward(pins: number, through: boolean): WasmFunction {
  const [AT, END, PIN_END, MIXED, GRADIENT_AT, GRADIENT, HALF, SUMS] = [2, 3, 4, 5, 6, 7, 8, 9];
  const [LINK_SUM, X_BASE, X_ROW, STOP, INPUT_GRADIENTS] = [10, 11, 12, 13, 14];
  const first = 15;
  const [x, g, a, low] = range(4).map((group) => (pin: number) => first + group * pins + pin);
  /** The rise of every inner place of the tree: places of a pin follow those of the pins before. */
  const rise = (pin: number, entry: number): number => first + 4 * pins + 2 ** pin - 1 + entry;
  const halfAt = (entry: number) => entry * 2 * FLOAT;

  /** Keeps the rises; leaves the value on the stack. */
  const interpolate = (pin: number, entry: number): Code[] => {
    if (pin === pins - 1) {
      return [
        ...[wasm.localGet(HALF), wasm.v128Load32Splat(halfAt(entry) + FLOAT), wasm.localGet(x(pin))],
        ...[wasm.f32x4Multiply, wasm.localGet(HALF), wasm.v128Load32Splat(halfAt(entry)), wasm.f32x4Add],
      ];
    }
    // Nobody asks for the value of the whole table.
    const value = pin === 0 ? [] : [wasm.localGet(x(pin)), wasm.f32x4Multiply, wasm.localGet(low(pin)), wasm.f32x4Add];
    return [
      ...[...interpolate(pin + 1, entry), wasm.localSet(low(pin))],
      ...[...interpolate(pin + 1, entry + 2 ** pin), wasm.localGet(low(pin)), wasm.f32x4Subtract],
      ...[pin === 0 ? wasm.localSet(rise(pin, entry)) : wasm.localTee(rise(pin, entry)), ...value],
    ];
  };
  const addTo = (local: number, value: readonly Code[]): Code[] => [
    ...[...value, wasm.localGet(local), wasm.f32x4Add, wasm.localSet(local)],
  ];
  const addAt = (offset: number, value: readonly Code[]): Code[] => [
    ...[wasm.localGet(SUMS), ...value, wasm.localGet(SUMS), wasm.v128Load(offset), wasm.f32x4Add],
    wasm.v128Store(offset),
  ];
  /** Shares the gradient g(pin) of a place out: to its pin and to its halves. */
  const distribute = (pin: number, entry: number): Code[] => {
    const high = [wasm.localGet(g(pin)), wasm.localGet(x(pin)), wasm.f32x4Multiply];
    if (pin === pins - 1) {
      const half = [wasm.localGet(HALF), wasm.v128Load32Splat(halfAt(entry) + FLOAT)];
      const sums = entry * 2 * VECTOR;
      return [
        ...addTo(a(pin), [wasm.localGet(g(pin)), ...half, wasm.f32x4Multiply]),
        ...[...addAt(sums, high), ...addAt(sums + VECTOR, [wasm.localGet(g(pin))])],
      ];
    }
    return [
      ...addTo(a(pin), [wasm.localGet(g(pin)), wasm.localGet(rise(pin, entry)), wasm.f32x4Multiply]),
      ...[...high, wasm.localSet(g(pin + 1)), ...distribute(pin + 1, entry + 2 ** pin)],
      ...[wasm.localGet(g(pin)), ...high, wasm.f32x4Subtract, wasm.localSet(g(pin + 1))],
      ...distribute(pin + 1, entry),
    ];
  };
  const tables = [
    ...[wasm.localGet(GRADIENT_AT), wasm.i32Load(0), wasm.localSet(GRADIENT)],
    ...[wasm.localGet(MIXED), wasm.i32Const(ROW), wasm.i32Add, wasm.localSet(STOP)],
    wasm.loopWhile(
      ...range(pins).flatMap((pin) => [
        ...[wasm.localGet(MIXED), wasm.v128Load(pin * ROW), wasm.localSet(x(pin)), zero, wasm.localSet(a(pin))],
      ]),
      ...[wasm.localGet(GRADIENT), wasm.v128Load(0), wasm.localSet(g(0))],
      ...[...interpolate(0, 0), ...distribute(0, 0)],
      ...range(pins).flatMap((pin) => [wasm.localGet(MIXED), wasm.localGet(a(pin)), wasm.v128Store(pin * ROW)]),
      ...[...advance(GRADIENT, VECTOR), ...advance(MIXED, VECTOR), ...whileBefore(MIXED, [wasm.localGet(STOP)])],
    ),
    ...advance(MIXED, -ROW),
  ];

  const share = first;
  const pinGradient = (vector: number) => first + 1 + vector;
  const addToInput = (vector: number): Code[] => [
    ...[wasm.localGet(X_ROW), wasm.localGet(pinGradient(vector)), wasm.localGet(share), wasm.f32x4Multiply],
    ...[wasm.localGet(X_ROW), wasm.v128Load(vector * VECTOR), wasm.f32x4Add, wasm.v128Store(vector * VECTOR)],
  ];
  const links = range(pins).flatMap((pin) => [
    ...[wasm.localGet(PIN_END), wasm.i32Load(pin * FLOAT), wasm.localSet(END)],
    ...range(VECTORS).flatMap((vector) => [
      ...[wasm.localGet(MIXED), wasm.v128Load(pin * ROW + vector * VECTOR), wasm.localSet(pinGradient(vector))],
    ]),
    wasm.loopWhile(
      ...[wasm.localGet(AT), wasm.i32Load(0), wasm.localGet(X_BASE), wasm.i32Add, wasm.localSet(X_ROW)],
      ...[wasm.localGet(LINK_SUM), wasm.localGet(LINK_SUM), wasm.v128Load(0)],
      ...range(VECTORS).flatMap((vector) => [
        ...[wasm.localGet(X_ROW), wasm.v128Load(vector * VECTOR), wasm.localGet(pinGradient(vector))],
        ...[wasm.f32x4Multiply, wasm.f32x4Add],
      ]),
      wasm.v128Store(0),
      ...(through
        ? [
            ...[wasm.localGet(AT), wasm.v128Load32Splat(FLOAT), wasm.localSet(share)],
            ...[wasm.localGet(AT), wasm.i32Load(0), wasm.localGet(INPUT_GRADIENTS), wasm.i32Add, wasm.localSet(X_ROW)],
            ...range(VECTORS).flatMap(addToInput),
          ]
        : []),
      ...[...advance(LINK_SUM, VECTOR), ...advance(AT, LINK), ...whileBefore(AT, [wasm.localGet(END)])],
    ),
  ]);
  const body = [
    ...[...set(AT, LAYER.links), ...set(PIN_END, LAYER.pinEnds), ...set(MIXED, LAYER.mixed)],
    ...[...set(GRADIENT_AT, LAYER.gradients), ...set(HALF, LAYER.halves), ...set(X_BASE, LAYER.inputs)],
    ...[...set(SUMS, LAYER.halfSums), ...set(LINK_SUM, LAYER.linkSums)],
    ...set(INPUT_GRADIENTS, LAYER.inputGradients),
    wasm.loopWhile(
      ...[...tables, ...links, ...advance(MIXED, pins * ROW), ...advance(HALF, 2 ** pins * FLOAT)],
      ...[...advance(SUMS, 2 ** pins * VECTOR), ...advance(GRADIENT_AT, FLOAT)],
      ...[...advance(PIN_END, pins * FLOAT), ...whileBefore(PIN_END, field(LAYER.pinEndsEnd))],
    ),
  ];
  const v128Locals = Math.max(VECTORS + 1, 4 * pins + 2 ** (pins - 1) - 1);
  return { name: backwardName(pins, through), i32Locals: 13, v128Locals, body };
}

/** Leaves the sum of a vector's lanes in the first one. */
const addLanes = (local: number): Code[] => {
  const turned = (bytes: number): Code[] => [
    ...[wasm.localGet(local), wasm.localGet(local)],
    wasm.i8x16Shuffle(Array.from({ length: VECTOR }, (_, at) => (at + bytes) % VECTOR)),
  ];
  return [2 * FLOAT, FLOAT].flatMap((bytes) => [
    ...[...turned(bytes), wasm.localGet(local), wasm.f32x4Add, wasm.localSet(local)],
  ]);
};

/** Computes the dot products of a pin's gradients with rows, over all chunks. */
export function probe(): WasmFunction {
  const [GRADIENT, INPUTS, AT, SUM, X_ROW, RESULT] = [2, 3, 4, 5, 6, 7];
  const gradient = (vector: number) => 8 + vector;
  const body = [
    ...[...set(GRADIENT, PROBE.gradients), ...set(INPUTS, PROBE.inputs)],
    wasm.loopWhile(
      ...range(VECTORS).flatMap((vector) => [
        ...[wasm.localGet(GRADIENT), wasm.v128Load(vector * VECTOR), wasm.localSet(gradient(vector))],
      ]),
      ...[...set(AT, PROBE.rows), ...set(SUM, PROBE.sums)],
      wasm.loopWhile(
        ...[wasm.localGet(AT), wasm.i32Load(0), wasm.localGet(INPUTS), wasm.i32Add, wasm.localSet(X_ROW)],
        ...[wasm.localGet(SUM), wasm.localGet(SUM), wasm.v128Load(0)],
        ...range(VECTORS).flatMap((vector) => [
          ...[wasm.localGet(X_ROW), wasm.v128Load(vector * VECTOR), wasm.localGet(gradient(vector))],
          ...[wasm.f32x4Multiply, wasm.f32x4Add],
        ]),
        wasm.v128Store(0),
        ...[...advance(SUM, VECTOR), ...advance(AT, FLOAT), ...whileBefore(AT, field(PROBE.rowsEnd))],
      ),
      ...[wasm.localGet(GRADIENT), ...field(PROBE.gradientStep), wasm.i32Add, wasm.localSet(GRADIENT)],
      ...[wasm.localGet(INPUTS), ...field(PROBE.inputStep), wasm.i32Add, wasm.localTee(INPUTS)],
      ...[...field(PROBE.inputsEnd), wasm.i32LessUnsigned],
    ),
    ...[...set(AT, PROBE.rows), ...set(SUM, PROBE.sums), ...set(RESULT, PROBE.results)],
    wasm.loopWhile(
      ...[wasm.localGet(SUM), wasm.v128Load(0), wasm.localSet(gradient(0)), ...addLanes(gradient(0))],
      ...[wasm.localGet(RESULT), wasm.localGet(gradient(0)), wasm.v128Store32Lane(0, 0)],
      ...[wasm.localGet(SUM), zero, wasm.v128Store(0), ...advance(RESULT, FLOAT)],
      ...[...advance(SUM, VECTOR), ...advance(AT, FLOAT), ...whileBefore(AT, field(PROBE.rowsEnd))],
    ),
  ];
  return { name: 'probe', i32Locals: 6, v128Locals: VECTORS, body };
}
