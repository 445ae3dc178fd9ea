import { CELL_SHAPES, type CellKind } from '../../netlist/cells.js';
import type { Template, TemplateOperand } from '../templates.js';
import { wasm, type Code, type WasmFunction } from './assembler.js';

const VECTOR_BYTES = 16;
const WORD_BYTES = 4;

/** The parameters of every function here, and its first local. */
const TABLE = 0;
const END = 1;
const FIRST_VALUE = 2;

/**
 * In templates of at most this many cells, the addresses of an operand table are kept in locals for all vectors of a
 * net. Larger templates have more addresses than the CPU has registers, so each vector reads them again.
 */
const CELLS_WITH_KEPT_ADDRESSES = 3;

interface Scratch {
  readonly tee: Code;
  readonly get: Code;
}

/**
 * Gives the code for the results of a cell. For an inverted xnor, the operand table holds the inverse of the
 * configuration bit.
 */
function formula(kind: CellKind, [a, b, c]: readonly Code[], isInverted: boolean, scratch: Scratch): Code[] {
  const code = (...parts: readonly Code[]): Code => parts.flat();
  switch (kind) {
    case 'not':
      return [code(a, wasm.v128Not)];
    case 'and':
      return [code(a, b, wasm.v128And)];
    case 'or':
      return [code(a, b, wasm.v128Or)];
    case 'xor':
      return [code(a, b, wasm.v128Xor)];
    case 'xnor':
      return [isInverted ? code(a, b, wasm.v128Xor) : code(a, b, wasm.v128Xor, wasm.v128Not)];
    case 'mux':
      return [code(b, c, a, wasm.v128Bitselect)];
    case 'compare':
      // Where a and b differ, the result is a; else it is that of the lower bits.
      return [code(a, c, a, b, wasm.v128Xor, wasm.v128Bitselect)];
    case 'half-adder':
      return [code(a, b, wasm.v128Xor), code(a, b, wasm.v128And)];
    case 'full-adder':
      // The carry is a where a and b agree, else c.
      return [code(a, b, wasm.v128Xor, scratch.tee, c, wasm.v128Xor), code(c, a, scratch.get, wasm.v128Bitselect)];
    case 'register':
    case 'configuration':
      throw new RangeError(`A ${kind} is no combinational cell.`);
  }
}

/**
 * Tells whether a cell is an xnor with just one configuration bit. Then the operand table holds the inverse of the bit,
 * which saves an inversion.
 */
export const isInvertedXnor = (kind: CellKind, operands: readonly TemplateOperand[]): boolean =>
  kind === 'xnor' && operands.filter(({ from }) => from === 'configuration').length === 1;

/**
 * Builds a function (operand table, end) that evaluates a template for each operand table, on nets of `vectors` x 128
 * lanes.
 */
export function templateFunction(name: string, { cells, tableWords }: Template, vectors: number): WasmFunction {
  const areKept = cells.length <= CELLS_WITH_KEPT_ADDRESSES;
  const firstResult = cells.map(() => 0);
  let values = 0;
  cells.forEach(({ kind }, index) => {
    firstResult[index] = values;
    values += CELL_SHAPES[kind].results;
  });
  const addresses = areKept ? tableWords : 0;
  const firstValue = FIRST_VALUE + addresses;
  const local = (value: number): number => firstValue + value;
  const scratch = { tee: wasm.localTee(local(values)), get: wasm.localGet(local(values)) };
  const loaded = (word: number): number => local(values + 1 + word);
  const isAddress = new Uint8Array(tableWords);

  const loadAddress = (word: number): Code => [...wasm.localGet(TABLE), ...wasm.i32Load(WORD_BYTES * word)];
  const address = (word: number): Code => {
    isAddress[word] = 1;
    return areKept ? wasm.localGet(FIRST_VALUE + word) : loadAddress(word);
  };
  const part = (offset: number): Code[] => {
    const seen = new Uint8Array(tableWords);
    const read = (operand: TemplateOperand): Code => {
      switch (operand.from) {
        case 'constant':
          return wasm.v128Const(new Array<number>(VECTOR_BYTES).fill(operand.bit === 1 ? 0xff : 0));
        case 'cell':
          return wasm.localGet(local(firstResult[operand.cell] + operand.result));
        case 'configuration':
        case 'net':
          return wasm.localGet(loaded(operand.word));
      }
    };
    return cells.flatMap(({ kind, operands, stores }, index): Code[] => {
      const loads = operands.flatMap((operand): Code[] => {
        if (operand.from !== 'net' && operand.from !== 'configuration') return [];
        if (seen[operand.word] === 1) return [];
        seen[operand.word] = 1;
        const load =
          operand.from === 'net'
            ? [address(operand.word), wasm.v128Load(offset)]
            : [wasm.localGet(TABLE), wasm.v128Load32Splat(WORD_BYTES * operand.word)];
        return [...load, wasm.localSet(loaded(operand.word))];
      });
      const results = formula(kind, operands.map(read), isInvertedXnor(kind, operands), scratch);
      const computed = results.flatMap((result, at): Code[] => {
        const value = local(firstResult[index] + at);
        if (stores[at] < 0) return [result, wasm.localSet(value)];
        return [address(stores[at]), result, wasm.localTee(value), wasm.v128Store(offset)];
      });
      return [...loads, ...computed];
    });
  };

  const parts = Array.from({ length: vectors }, (_, index) => part(index * VECTOR_BYTES)).flat();
  const keepAddresses = Array.from({ length: addresses }, (_, word) =>
    isAddress[word] === 1 ? [loadAddress(word), wasm.localSet(FIRST_VALUE + word)] : [],
  ).flat();
  const next = [wasm.localGet(TABLE), wasm.i32Const(WORD_BYTES * tableWords), wasm.i32Add, wasm.localTee(TABLE)];
  const loop = wasm.loopWhile(...keepAddresses, ...parts, ...next, wasm.localGet(END), wasm.i32LessUnsigned);
  return { name, i32Locals: addresses, v128Locals: values + 1 + tableWords, body: [loop] };
}

/** Builds a function (operand table, end) that copies a net for each table [from, to]. */
export function copyFunction(name: string, vectors: number): WasmFunction {
  const [FROM, TO] = [2, 3];
  const body = [
    ...[wasm.localGet(TABLE), wasm.i32Load(0), wasm.localSet(FROM)],
    ...[wasm.localGet(TABLE), wasm.i32Load(WORD_BYTES), wasm.localSet(TO)],
    ...Array.from({ length: vectors }, (_, index) => [
      ...[wasm.localGet(TO), wasm.localGet(FROM), wasm.v128Load(index * VECTOR_BYTES)],
      wasm.v128Store(index * VECTOR_BYTES),
    ]).flat(),
    ...[wasm.localGet(TABLE), wasm.i32Const(2 * WORD_BYTES), wasm.i32Add, wasm.localTee(TABLE)],
    ...[wasm.localGet(END), wasm.i32LessUnsigned],
  ];
  return { name, i32Locals: 2, v128Locals: 0, body: [wasm.loopWhile(...body)] };
}

/** The words of a program step: index of the function, first operand table, end of the operand tables. */
export const STEP_WORDS = 3;

/** Builds a function (step, end) that runs a program: it calls the function of each step. */
export function programFunction(name: string): WasmFunction {
  const STEP = 0;
  const word = (index: number): Code[] => [wasm.localGet(STEP), wasm.i32Load(WORD_BYTES * index)];
  const next = [wasm.localGet(STEP), wasm.i32Const(WORD_BYTES * STEP_WORDS), wasm.i32Add, wasm.localTee(STEP)];
  const loop = wasm.loopWhile(
    ...word(1),
    ...word(2),
    ...word(0),
    wasm.callIndirect,
    ...next,
    wasm.localGet(END),
    wasm.i32LessUnsigned,
  );
  return { name, i32Locals: 0, v128Locals: 0, body: [loop] };
}
