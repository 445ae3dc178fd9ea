import type { CircuitPorts } from '../fabric/machine.js';
import { assembleModule } from './wasm/assembler.js';
import { fixedMemory, functionsOn } from './wasm/instantiate.js';
import { BLOCK_INPUTS, SLICE, SLICE_BYTES, TILE_VALUES, sliceFunction } from './wasm/slice-function.js';

export { BLOCK_INPUTS };

const WORD_BYTES = 4;
const VECTOR_BYTES = 16;

export interface LaneSlicerOptions {
  /** Blocks of 128 inputs that there is room for; 1 when absent. */
  readonly blocks?: number;
  /** The memory of a slicer just like this one in another thread; absent: one of its own. */
  readonly memory?: WebAssembly.Memory;
  /** Whether other threads may have the memory too. */
  readonly isShared?: boolean;
}

/**
 * Turns inputs on their side, with WebAssembly SIMD: inputs are put into blocks of 128, and a block becomes one vector of
 * lanes. `sliceIntoLanes` does the same in plain TypeScript.
 */
export class LaneSlicer {
  /** Per bit of a value, least significant first, the words of all values as Engine.setInput takes them. */
  readonly planes: readonly Uint32Array[];
  readonly memory: WebAssembly.Memory;
  /** Bytes of an input, made full tiles, and from one input to the next. */
  private readonly inputBytes: number;
  private readonly pitch: number;
  private readonly inputs: Uint8Array;
  private readonly record: Uint32Array;
  private readonly planesAt: number;
  private readonly work: (record: number, ignored: number) => void;

  constructor(
    { inputCount, inputBits }: Pick<CircuitPorts, 'inputCount' | 'inputBits'>,
    private readonly wordsPerNet: number,
    { blocks = 1, memory, isShared = false }: LaneSlicerOptions = {},
  ) {
    const tiles = Math.ceil(inputCount / TILE_VALUES);
    this.inputBytes = TILE_VALUES * tiles;
    // An odd number of vectors, so that the inputs of a tile do not meet in the same few places of the cache.
    this.pitch = VECTOR_BYTES * (tiles | 1);
    const stride = WORD_BYTES * wordsPerNet;
    // Vectors are stored whole: those of the last value may reach beyond its words.
    const planeBytes = this.inputBytes * stride + VECTOR_BYTES;
    this.planesAt = SLICE_BYTES + blocks * BLOCK_INPUTS * this.pitch;
    this.memory = memory ?? fixedMemory(this.planesAt + inputBits * planeBytes, isShared);
    const { buffer } = this.memory;
    this.inputs = new Uint8Array(buffer, SLICE_BYTES, this.planesAt - SLICE_BYTES);
    this.record = new Uint32Array(buffer, 0, SLICE_BYTES / WORD_BYTES);
    this.planes = Array.from(
      { length: inputBits },
      (_, bit) => new Uint32Array(buffer, this.planesAt + bit * planeBytes, inputCount * wordsPerNet),
    );
    this.set(SLICE.pitch, this.pitch);
    this.set(SLICE.stride, stride);
    this.set(SLICE.tileStride, TILE_VALUES * stride);
    this.set(SLICE.planeStep, planeBytes - TILE_VALUES * stride);
    this.work = functionsOn(this.memory, sliceModule(inputBits, isShared))['slice'];
  }

  /** Puts an input into a place, counted through all blocks. */
  put(place: number, input: Uint8Array): void {
    this.inputs.set(input, place * this.pitch);
  }

  /** Empties the places from `from` up to `to`: zeros are there. */
  clear(from: number, to: number): void {
    this.inputs.fill(0, from * this.pitch, to * this.pitch);
  }

  /**
   * Makes a block of inputs a vector of lanes: 0 is the first. Returns the bits that are 1 in some value of the block; where they are
   * more than a value has, the planes are not to be used.
   */
  slice(block: number, vector: number): number {
    const first = SLICE_BYTES + block * BLOCK_INPUTS * this.pitch;
    this.set(SLICE.first, first);
    this.set(SLICE.end, first + this.inputBytes);
    this.set(SLICE.target, this.planesAt + vector * VECTOR_BYTES);
    const seen = this.record.subarray(SLICE.seen / WORD_BYTES, (SLICE.seen + VECTOR_BYTES) / WORD_BYTES).fill(0);
    this.work(0, 0);
    const bits = seen[0] | seen[1] | seen[2] | seen[3];
    return (bits | (bits >>> 8) | (bits >>> 16) | (bits >>> 24)) & 0xff;
  }

  /**
   * Makes the inputs `from` up to `to` the lanes of all vectors, by way of the first block; lanes without an input are 0.
   * Returns what `slice` does.
   */
  sliceAll(inputs: readonly Uint8Array[], from = 0, to = inputs.length): number {
    let seen = 0;
    // The last vector first: where a net has no whole number of vectors, it is stored beyond its words.
    for (let vector = Math.ceil(this.wordsPerNet / WORD_BYTES) - 1; vector >= 0; vector--) {
      const first = from + vector * BLOCK_INPUTS;
      const count = Math.max(0, Math.min(BLOCK_INPUTS, to - first));
      for (let index = 0; index < count; index++) this.put(index, inputs[first + index]);
      if (count < BLOCK_INPUTS) this.clear(count, BLOCK_INPUTS);
      seen |= this.slice(0, vector);
    }
    return seen;
  }

  private set(field: number, value: number): void {
    this.record[field / WORD_BYTES] = value;
  }
}

const modules = new Map<string, WebAssembly.Module>();

/** Compiled once in a program, so that it is fast from the second run on. */
function sliceModule(valueBits: number, isShared: boolean): WebAssembly.Module {
  const key = `${valueBits} ${isShared}`;
  const module =
    modules.get(key) ?? new WebAssembly.Module(assembleModule([sliceFunction('slice', valueBits)], isShared));
  modules.set(key, module);
  return module;
}
