import type { CircuitPorts } from '../circuit/circuit.js';
import { prepared, type Preparation } from '../network/preparation.js';
import { assembleModule } from './wasm/assembler.js';
import { fixedMemory, functionsOn } from './wasm/functions-on.js';
import { BLOCK_INPUTS, SLICE, SLICE_BYTES, TILE_VALUES, sliceFunction } from './wasm/slice-function.js';

const WORD_BYTES = 4;
const VECTOR_BYTES = 16;

/**
 * Transposes inputs into lanes with WebAssembly SIMD: a block of 128 inputs at a time becomes one vector per bit.
 * `sliceIntoLanes` does the same in plain TypeScript.
 */
export class LaneSlicer {
  /**
   * The lanes, one array per bit of a value, least significant first. Each has the words of all values as
   * Engine.setInput takes them.
   */
  readonly planes: readonly Uint32Array[];
  /** The distance in bytes from one input of the block to the next. */
  readonly #pitch: number;
  readonly #block: Uint8Array;
  readonly #record: Uint32Array;
  readonly #work: (record: number, ignored: number) => void;
  readonly #preparation: Preparation | undefined;

  readonly #wordsPerNet: number;

  constructor({ inputCount, inputBits, preparation }: Omit<CircuitPorts, 'outputCount'>, wordsPerNet: number) {
    this.#wordsPerNet = wordsPerNet;

    this.#preparation = preparation;
    const tiles = Math.ceil(inputCount / TILE_VALUES);
    // An odd number of vectors, so that the inputs of a tile do not compete for the same cache lines.
    this.#pitch = VECTOR_BYTES * (tiles | 1);
    const stride = WORD_BYTES * wordsPerNet;
    const tileStride = TILE_VALUES * stride;
    // Vectors are stored whole, so those of the last value may reach beyond its words.
    const planeBytes = tiles * tileStride + VECTOR_BYTES;
    const planesAt = SLICE_BYTES + BLOCK_INPUTS * this.#pitch;
    const memory = fixedMemory(planesAt + inputBits * planeBytes);
    this.#block = new Uint8Array(memory.buffer, SLICE_BYTES, BLOCK_INPUTS * this.#pitch);
    this.planes = Array.from(
      { length: inputBits },
      (_, bit) => new Uint32Array(memory.buffer, planesAt + bit * planeBytes, inputCount * wordsPerNet),
    );
    this.#record = new Uint32Array(memory.buffer, 0, SLICE_BYTES / WORD_BYTES);
    this.#set(SLICE.first, SLICE_BYTES);
    this.#set(SLICE.end, SLICE_BYTES + TILE_VALUES * tiles);
    this.#set(SLICE.pitch, this.#pitch);
    this.#set(SLICE.stride, stride);
    this.#set(SLICE.tileStride, tileStride);
    this.#set(SLICE.planeStep, planeBytes - tileStride);
    this.#work = functionsOn(memory, sliceModule(inputBits))['slice'];
  }

  /**
   * Transposes the inputs `from` up to `to`, prepared, into `planes`, where they stay until the next call. Lanes
   * without an input are 0.
   * @returns the bits that are 1 in any value; if a bit beyond the width of a value is among them, the planes are
   *   invalid
   */
  slice(inputs: readonly Uint8Array[], from = 0, to = inputs.length): number {
    const block = this.#block;
    const pitch = this.#pitch;
    const record = this.#record;
    const seen = record.subarray(SLICE.seen / WORD_BYTES, (SLICE.seen + VECTOR_BYTES) / WORD_BYTES).fill(0);
    const [firstPlane] = this.planes;
    // The last vector comes first: if a net is not a whole number of vectors, the vector is stored beyond the net's
    // words.
    for (let vector = Math.ceil(this.#wordsPerNet / WORD_BYTES) - 1; vector >= 0; vector--) {
      const first = from + vector * BLOCK_INPUTS;
      const count = Math.max(0, Math.min(BLOCK_INPUTS, to - first));
      for (let index = 0; index < count; index++) {
        block.set(prepared(this.#preparation, inputs[first + index]), index * pitch);
      }
      if (count < BLOCK_INPUTS) block.fill(0, count * pitch);
      this.#set(SLICE.target, firstPlane.byteOffset + vector * VECTOR_BYTES);
      this.#work(0, 0);
    }
    const bits = seen[0] | seen[1] | seen[2] | seen[3];
    return (bits | (bits >>> 8) | (bits >>> 16) | (bits >>> 24)) & 0xff;
  }

  #set(field: number, value: number): void {
    this.#record[field / WORD_BYTES] = value;
  }
}

const modules = new Map<number, WebAssembly.Module>();

/** Compiles the module. It is kept for the whole program, because WebAssembly is fast only from the second run on. */
function sliceModule(valueBits: number): WebAssembly.Module {
  const module = modules.get(valueBits) ?? new WebAssembly.Module(assembleModule([sliceFunction('slice', valueBits)]));
  modules.set(valueBits, module);
  return module;
}
