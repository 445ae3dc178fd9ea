import type { BitMatrix } from '../bits/bit-matrix.js';
import { CompiledEngine } from '../engines/compiled.js';
import type { Engine } from '../engines/engine.js';
import type { Netlist } from '../netlist/netlist.js';

/** The output port that shows all watched nets. */
const WATCHED = 'watched-nets';

/** A compiled engine that records whether watched nets ever rose and fell from one cycle to the next, in any lane. */
export class WatchingEngine implements Engine {
  readonly name: string;
  readonly lanes: number;
  readonly wordsPerNet: number;
  /** 1 for each watched net that went from 0 to 1, in the order of `nets`. */
  readonly rose: Uint8Array;
  /** 1 for each watched net that went from 1 to 0. */
  readonly fell: Uint8Array;
  readonly #engine: CompiledEngine;
  readonly #before: Uint32Array;
  #isFirst = true;

  readonly #nets: Int32Array;

  constructor(
    readonly netlist: Netlist,
    nets: Int32Array,
    vectors: number,
  ) {
    this.#nets = nets;

    const outputs = [...netlist.outputs, { name: WATCHED, nets, signed: false }];
    this.#engine = new CompiledEngine({ ...netlist, outputs }, vectors);
    this.name = `${this.#engine.name}, watching`;
    this.lanes = this.#engine.lanes;
    this.wordsPerNet = this.#engine.wordsPerNet;
    this.rose = new Uint8Array(nets.length);
    this.fell = new Uint8Array(nets.length);
    this.#before = new Uint32Array(nets.length * this.wordsPerNet);
  }

  configure(configuration: BitMatrix): void {
    this.#engine.configure(configuration);
  }

  reset(): void {
    this.#engine.reset();
    this.#isFirst = true;
  }

  setInput(port: string, words: Uint32Array): void {
    this.#engine.setInput(port, words);
  }

  evaluate(): void {
    this.#engine.evaluate();
    const now = this.#engine.getOutput(WATCHED);
    if (!this.#isFirst) this.#compare(now);
    this.#before.set(now);
    this.#isFirst = false;
  }

  getOutput(port: string): Uint32Array {
    return this.#engine.getOutput(port);
  }

  clock(): void {
    this.#engine.clock();
  }

  #compare(now: Uint32Array): void {
    const before = this.#before;
    const rose = this.rose;
    const fell = this.fell;
    const wordsPerNet = this.wordsPerNet;
    for (let net = 0; net < this.#nets.length; net++) {
      if (rose[net] === 1 && fell[net] === 1) continue;
      let [up, down] = [0, 0];
      for (let word = net * wordsPerNet; word < (net + 1) * wordsPerNet; word++) {
        up |= now[word] & ~before[word];
        down |= before[word] & ~now[word];
      }
      if (up !== 0) rose[net] = 1;
      if (down !== 0) fell[net] = 1;
    }
  }
}
