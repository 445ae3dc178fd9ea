import { assembleModule, type WasmFunction } from './assembler.js';

type Functions = Readonly<Record<string, (first: number, second: number) => void>>;

/** Assembled functions and the memory they work on. */
export interface WasmInstance {
  readonly memory: ArrayBuffer;
  readonly functions: Functions;
}

const PAGE_BYTES = 65_536;

/** At least so many bytes, all zeros, that never move. */
export function fixedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Compiles the functions and gives them at least so many bytes of memory, all zeros, that never move. */
export function instantiateFunctions(functions: readonly WasmFunction[], bytes: number): WasmInstance {
  const memory = fixedMemory(bytes);
  return {
    memory: memory.buffer,
    functions: functionsOn(memory, new WebAssembly.Module(assembleModule(functions))),
  };
}

/** The functions of a compiled module on a memory. */
export const functionsOn = (memory: WebAssembly.Memory, module: WebAssembly.Module): Functions =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
