/** WebAssembly written by hand: an assembler, and functions instantiated from it. */
export { wasm, type Code, type WasmFunction } from './assembler.js';
export { instantiateFunctions, type WasmInstance } from './instantiate.js';
