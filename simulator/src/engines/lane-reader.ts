import { findPort } from '../netlist/netlist.js';
import type { Engine } from './engine.js';
import { assembleModule } from './wasm/assembler.js';
import { GATHER, GATHER_BYTES, gatherFunction } from './wasm/gather-function.js';
import { fixedMemory, functionsOn } from './wasm/functions-on.js';

const WORD_BYTES = 4;
const WORD_LANES = 32;
const BYTE_BITS = 8;
/** The sizes of a number in bytes. There is one function for each. */
const SIZES = [1, 2, 3, 4] as const;

/**
 * Reads the numbers at output ports in all lanes, with WebAssembly SIMD. `gatherLanes` does the same for one port in
 * plain TypeScript.
 */
export class LaneReader {
  readonly #words: Uint32Array;
  readonly #numbers: Int32Array;
  readonly #record: Uint32Array;
  readonly #functions: Readonly<Record<string, (record: number, ignored: number) => void>>;

  readonly #engine: Pick<Engine, 'netlist' | 'wordsPerNet' | 'getOutput'>;
  readonly #ports: readonly string[];
  readonly #areSigned: boolean;

  constructor(
    engine: Pick<Engine, 'netlist' | 'wordsPerNet' | 'getOutput'>,
    ports: readonly string[],
    areSigned: boolean,
  ) {
    this.#engine = engine;
    this.#ports = ports;
    this.#areSigned = areSigned;

    const { netlist, wordsPerNet } = engine;
    const widest = Math.max(0, ...ports.map((name) => findPort(netlist.outputs, name).nets.length));
    const wordCount = BYTE_BITS * this.#bytesOf(widest) * wordsPerNet;
    const numbersAt = GATHER_BYTES + WORD_BYTES * wordCount;
    const numberCount = WORD_LANES * wordsPerNet * ports.length;
    const memory = fixedMemory(numbersAt + WORD_BYTES * numberCount);
    this.#record = new Uint32Array(memory.buffer, 0, GATHER_BYTES / WORD_BYTES);
    this.#words = new Uint32Array(memory.buffer, GATHER_BYTES, wordCount);
    this.#numbers = new Int32Array(memory.buffer, numbersAt, numberCount);
    this.#set(GATHER.step, -WORD_BYTES * wordsPerNet);
    this.#set(GATHER.row, WORD_BYTES * ports.length);
    this.#functions = functionsOn(memory, gatherModule());
  }

  /** Reads the ports: for each lane, one number per port. The array is valid until the next call. */
  read(): Int32Array {
    const words = this.#words;
    const numbers = this.#numbers;
    const { wordsPerNet } = this.#engine;
    this.#ports.forEach((port, index) => {
      const given = this.#engine.getOutput(port);
      const bytes = this.#bytesOf(given.length / wordsPerNet);
      const end = BYTE_BITS * bytes * wordsPerNet;
      words.set(given);
      for (let at = given.length; at < end; at++) words[at] = this.#areSigned ? words[at - wordsPerNet] : 0;
      this.#set(GATHER.highest, GATHER_BYTES + WORD_BYTES * (end - wordsPerNet));
      this.#set(GATHER.end, GATHER_BYTES + WORD_BYTES * end);
      this.#set(GATHER.target, numbers.byteOffset + WORD_BYTES * index);
      this.#functions[`gather${bytes}`](0, 0);
    });
    return numbers;
  }

  /**
   * Gives the bytes that a port's number takes. An unsigned number has a 0 above its highest bit, unless it has 32
   * bits.
   */
  #bytesOf(width: number): number {
    return Math.min(Math.ceil((this.#areSigned ? width : width + 1) / BYTE_BITS), SIZES.length);
  }

  #set(field: number, value: number): void {
    this.#record[field / WORD_BYTES] = value;
  }
}

let module: WebAssembly.Module | undefined;

/** Compiles the module. It is kept for the whole program, because WebAssembly is fast only from the second run on. */
const gatherModule = (): WebAssembly.Module =>
  (module ??= new WebAssembly.Module(assembleModule(SIZES.map((size) => gatherFunction(`gather${size}`, size)))));
