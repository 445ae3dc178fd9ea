import { findPort } from '../netlist/netlist.js';
import type { Engine } from './engine.js';
import { assembleModule } from './wasm/assembler.js';
import { GATHER, GATHER_BYTES, LANE_BITS, gatherFunction } from './wasm/gather-function.js';
import { fixedMemory, functionsOn } from './wasm/instantiate.js';

const WORD_BYTES = 4;
const WORD_LANES = 32;

/**
 * Reads the numbers at output ports out of all lanes, with WebAssembly SIMD. `gatherLanes` does the same for one port in plain
 * TypeScript.
 */
export class LaneReader {
  private readonly words: Uint32Array;
  private readonly numbers: Int32Array;
  private readonly record: Uint32Array;
  private readonly work: (record: number, ignored: number) => void;

  constructor(
    private readonly engine: Pick<Engine, 'netlist' | 'wordsPerNet' | 'getOutput'>,
    private readonly ports: readonly string[],
    private readonly areSigned: boolean,
  ) {
    const { netlist, wordsPerNet } = engine;
    const widths = ports.map((name) => findPort(netlist.outputs, name).nets.length);
    // Numbers without a sign are read with one more bit, which is 0.
    const wordCount = (1 + Math.max(0, ...widths)) * wordsPerNet;
    const numbersAt = GATHER_BYTES + WORD_BYTES * wordCount;
    const numberCount = WORD_LANES * wordsPerNet * ports.length;
    const memory = fixedMemory(numbersAt + WORD_BYTES * numberCount);
    this.record = new Uint32Array(memory.buffer, 0, GATHER_BYTES / WORD_BYTES);
    this.words = new Uint32Array(memory.buffer, GATHER_BYTES, wordCount);
    this.numbers = new Int32Array(memory.buffer, numbersAt, numberCount);
    this.record.set(LANE_BITS, GATHER.lanes / WORD_BYTES);
    this.set(GATHER.lowest, GATHER_BYTES);
    this.set(GATHER.step, -WORD_BYTES * wordsPerNet);
    this.set(GATHER.row, WORD_BYTES * ports.length);
    this.work = functionsOn(memory, gatherModule())['gather'];
  }

  /** What stands at the ports: for each lane a number per port. Valid until the next call. */
  read(): Int32Array {
    const { engine, words, numbers } = this;
    const { wordsPerNet } = engine;
    this.ports.forEach((port, index) => {
      const bits = engine.getOutput(port);
      words.set(bits);
      if (!this.areSigned) words.fill(0, bits.length, bits.length + wordsPerNet);
      const signAt = this.areSigned ? bits.length - wordsPerNet : bits.length;
      this.set(GATHER.sign, GATHER_BYTES + WORD_BYTES * signAt);
      this.set(GATHER.end, GATHER_BYTES + WORD_BYTES * (signAt + wordsPerNet));
      this.set(GATHER.target, numbers.byteOffset + WORD_BYTES * index);
      this.work(0, 0);
    });
    return numbers;
  }

  private set(field: number, value: number): void {
    this.record[field / WORD_BYTES] = value;
  }
}

let module: WebAssembly.Module | undefined;

/** Compiled once in a program, so that it is fast from the second run on. */
const gatherModule = (): WebAssembly.Module =>
  (module ??= new WebAssembly.Module(assembleModule([gatherFunction('gather')])));
