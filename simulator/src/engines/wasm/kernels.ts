import { CELL_SHAPES, type CellKind } from '../../netlist/cells.js';
import { assembleModule, wasm, type Code, type WasmFunction } from './assembler.js';

/** A kernel evaluates a run of cells of one kind; `copy` moves a net, `xnor-splat` has its second operand as one word. */
export type KernelName = Exclude<CellKind, 'register' | 'configuration'> | 'copy' | 'xnor-splat';

export interface Kernel {
  readonly name: KernelName;
  readonly operands: number;
  readonly results: number;
}

const VECTOR_BYTES = 16;

/** How a kernel computes its results from v128 locals. */
type Formula = (a: Code, b: Code, c: Code, keep: { set: Code; get: Code }) => readonly (readonly Code[])[];

const FORMULAS: Readonly<Record<KernelName, Formula>> = {
  copy: (a) => [[a]],
  not: (a) => [[a, wasm.v128Not]],
  and: (a, b) => [[a, b, wasm.v128And]],
  or: (a, b) => [[a, b, wasm.v128Or]],
  xor: (a, b) => [[a, b, wasm.v128Xor]],
  xnor: (a, b) => [[a, b, wasm.v128Xor, wasm.v128Not]],
  'xnor-splat': (a, b) => [[a, b, wasm.v128Xor, wasm.v128Not]],
  mux: (a, b, c) => [[b, c, a, wasm.v128Bitselect]],
  // Where a and b differ the answer is a, else what the lower bits said.
  compare: (a, b, c) => [[a, c, a, b, wasm.v128Xor, wasm.v128Bitselect]],
  'half-adder': (a, b) => [
    [a, b, wasm.v128Xor],
    [a, b, wasm.v128And],
  ],
  // carry = a where a and b agree, else c.
  'full-adder': (a, b, c, { set, get }) => [
    [a, b, wasm.v128Xor, set, get, c, wasm.v128Xor],
    [c, a, get, wasm.v128Bitselect],
  ],
};

const operandsOfKernel = (name: KernelName): number =>
  name === 'copy' ? 1 : name === 'xnor-splat' ? 2 : CELL_SHAPES[name].operands;
const resultsOfKernel = (name: KernelName): number =>
  name === 'copy' || name === 'xnor-splat' ? 1 : CELL_SHAPES[name].results;

export const KERNELS: readonly Kernel[] = (Object.keys(FORMULAS) as KernelName[]).map((name) => ({
  name,
  operands: operandsOfKernel(name),
  results: resultsOfKernel(name),
}));

/**
 * A kernel (table, end) walks a table of records [operand addresses..., result addresses...] and evaluates one cell
 * per record on `vectors` x 128 lanes.
 */
function kernelFunction(kernel: Kernel, vectors: number): WasmFunction {
  const { name, operands, results } = kernel;
  const TABLE = 0;
  const END = 1;
  const address = (index: number): number => 2 + index;
  const value = (index: number): number => 2 + operands + results + index;
  const kept = value(3);
  const body: Code[] = [];
  for (let index = 0; index < operands + results; index++) {
    body.push(wasm.localGet(TABLE), wasm.i32Load(4 * index), wasm.localSet(address(index)));
  }
  for (let part = 0; part < vectors; part++) {
    const offset = part * VECTOR_BYTES;
    for (let index = 0; index < operands; index++) {
      const splat = name === 'xnor-splat' && index === 1;
      body.push(wasm.localGet(address(index)), splat ? wasm.v128Load32Splat(0) : wasm.v128Load(offset));
      body.push(wasm.localSet(value(index)));
    }
    const [a, b, c] = [0, 1, 2].map((index) => wasm.localGet(value(index)));
    const formulas = FORMULAS[name](a, b, c, { set: wasm.localSet(kept), get: wasm.localGet(kept) });
    formulas.forEach((formula, index) => {
      body.push(wasm.localGet(address(operands + index)), ...formula, wasm.v128Store(offset));
    });
  }
  const stride = 4 * (operands + results);
  const advance = [wasm.localGet(TABLE), wasm.i32Const(stride), wasm.i32Add, wasm.localTee(TABLE)];
  const loop = wasm.loopWhile(...body, ...advance, wasm.localGet(END), wasm.i32LessUnsigned);
  return { name, i32Locals: operands + results, v128Locals: 4, body: [loop] };
}

/** The module with every kernel, for nets of `vectors` x 128 lanes. */
export const assembleKernels = (vectors: number): Uint8Array<ArrayBuffer> =>
  assembleModule(KERNELS.map((kernel) => kernelFunction(kernel, vectors)));
