import { assembleModule, type WasmFunction } from './assembler.js';
import { fixedMemory, functionsOn } from './functions-on.js';

/** Assembled functions and the memory they work on. */
export interface WasmInstance {
  readonly memory: ArrayBuffer;
  readonly functions: Readonly<Record<string, (first: number, second: number) => void>>;
}

/** Compiles functions and gives them at least `bytes` bytes of memory, all zeros, that never move. */
export function instantiateFunctions(functions: readonly WasmFunction[], bytes: number): WasmInstance {
  const memory = fixedMemory(bytes);
  return {
    memory: memory.buffer,
    functions: functionsOn(memory, new WebAssembly.Module(assembleModule(functions))),
  };
}
