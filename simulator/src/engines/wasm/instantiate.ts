import { assembleModule, type WasmFunction } from './assembler.js';

/** Assembled functions and the memory they work on. */
export interface WasmInstance {
  readonly memory: ArrayBuffer;
  readonly functions: Readonly<Record<string, (first: number, second: number) => void>>;
}

const PAGE_BYTES = 65_536;

/** Compiles the functions and gives them at least so many bytes of memory, all zeros, that never move. */
export function instantiateFunctions(functions: readonly WasmFunction[], bytes: number): WasmInstance {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleModule(functions)), { env: { memory } });
  return { memory: memory.buffer, functions: exports as WasmInstance['functions'] };
}
