import { getBit, type BitMatrix } from '../bits/bit-matrix.js';
import { Int32List } from '../bits/int32-list.js';
import { cellCode } from '../netlist/cells.js';
import { operandsOfMemory } from '../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1, findPort, type Netlist } from '../netlist/netlist.js';
import { checkConfigurationSize, checkMemoryBit, type StateBit, type UpsettableEngine } from './engine.js';
import { LaneMemory } from './lane-memory.js';
import { orderCells } from './order.js';
import { findTemplates } from './templates.js';
import { planRegisters } from './registers.js';
import { regroupBlocks } from './regroup-blocks.js';
import { planSlots } from './slots.js';
import { layOut, type Layout } from './layout.js';
import { instantiateFunctions } from './wasm/instantiate.js';
import { copyFunction, programFunction, templateFunction } from './wasm/template-functions.js';

/** Indices of the functions in the table. Every circuit has the first two; the functions of its templates follow. */
const FUNCTION = { run: 0, copy: 1, firstTemplate: 2 } as const;

/**
 * The fast engine: WebAssembly SIMD, with `vectors` x 128 lanes a pass.
 *
 * The circuit is cut into blocks of up to three levels. Blocks that are equal but for their nets share a function, the
 * template. It reads the addresses of a block's nets from an operand table and keeps all values in between in CPU
 * registers. Weights are in the operand tables themselves, one word each, and are spread over the lanes when they are
 * read. A program, which also runs inside WebAssembly, calls the templates in order.
 */
export class CompiledEngine implements UpsettableEngine {
  readonly name = 'compiled (WebAssembly SIMD)';
  readonly lanes: number;
  readonly wordsPerNet: number;
  /** The number of templates in the circuit. */
  readonly templateCount: number;
  readonly #words: Uint32Array;
  readonly #layout: Layout;
  readonly #registerNets: Int32Array;
  readonly #isRegister: ReadonlySet<number>;
  readonly #configurationCount: number;
  readonly #program: (first: number, end: number) => void;
  readonly #copy: (first: number, end: number) => void;
  readonly #memories: readonly LaneMemory[];
  /** The words that `getOutput` returned last, by port. */
  readonly #outputs = new Map<string, Uint32Array>();
  #isEvaluated = false;

  /**
   * Compiles a netlist.
   * @param vectors 128-bit vectors per net, 1..8 (4): more lanes share each operand table, fewer keep the nets in cache
   * @throws RangeError if `vectors` is out of range
   */
  constructor(
    readonly netlist: Netlist,
    vectors = 4,
  ) {
    if (!Number.isInteger(vectors) || vectors < 1 || vectors > 8) {
      throw new RangeError(`The compiled engine runs 1 to 8 vectors of 128 lanes, not ${vectors}.`);
    }
    this.lanes = vectors * 128;
    this.wordsPerNet = vectors * 4;
    const { cells } = netlist;
    const registers = cellsOfKind(netlist, 'register');
    this.#registerNets = registers.map((cell) => cells.out[cell]);
    this.#isRegister = new Set(this.#registerNets);
    const configuration = cellsOfKind(netlist, 'configuration').map((cell) => cells.out[cell]);
    this.#configurationCount = configuration.length;

    const order = orderCells(netlist);
    const isConfiguration = new Uint8Array(netlist.netCount);
    for (const net of configuration) isConfiguration[net] = 1;
    const isKept = keptNets(netlist, registers);
    const blocks = regroupBlocks(findTemplates(netlist, order, { isKept, isConfiguration }), netlist.netCount);
    const plan = planRegisters(netlist, registers, blocks.cells);
    const slots = planSlots(blocks, isKept, plan.inPlace);
    this.#layout = layOut({
      netlist,
      blocks,
      slots,
      plan,
      configuration,
      firstFunction: FUNCTION.firstTemplate,
      vectors,
    });
    this.templateCount = blocks.templates.length;
    const functions = blocks.templates.map((template, index) =>
      templateFunction(`template${index}`, template, vectors),
    );
    const instance = instantiateFunctions(
      [programFunction('run'), copyFunction('copy', vectors), ...functions],
      this.#layout.bytes,
    );
    this.#words = new Uint32Array(instance.memory);
    this.#layout.write(this.#words);
    this.#program = instance.functions['run'];
    this.#copy = instance.functions['copy'];
    this.#fill(this.#layout.wordOf(CONSTANT_1), true);
    this.#memories = netlist.memories.map(
      (one) => new LaneMemory(one, this.#words, this.wordsPerNet, (net) => this.#layout.wordOf(net)),
    );
  }

  /** The bytes of WebAssembly memory that the circuit takes. */
  get memoryBytes(): number {
    return this.#words.byteLength;
  }

  configure(configuration: BitMatrix): void {
    checkConfigurationSize(configuration, this.#configurationCount);
    const { bits } = this.#layout;
    for (let at = 0; at < bits.position.length; at++) {
      const bit = getBit(configuration, 0, bits.position[at]);
      this.#words.fill(bit === bits.valueOfOnes[at] ? 0xffffffff : 0, bits.word[at], bits.word[at] + bits.length[at]);
    }
  }

  reset(): void {
    for (const net of this.#registerNets) this.#fill(this.#layout.wordOf(net), false);
    for (const memory of this.#memories) memory.reset();
    this.#isEvaluated = false;
  }

  setInput(port: string, words: Uint32Array): void {
    const { nets } = findPort(this.netlist.inputs, port);
    const { wordsPerNet } = this;
    for (let bit = 0, first = 0; bit < nets.length; bit++) {
      // Consecutive nets are written at once. Most nets of a port are consecutive.
      const isLast = bit + 1 === nets.length;
      if (!isLast && this.#layout.wordOf(nets[bit + 1]) === this.#layout.wordOf(nets[bit]) + wordsPerNet) continue;
      this.#words.set(words.subarray(first * wordsPerNet, (bit + 1) * wordsPerNet), this.#layout.wordOf(nets[first]));
      first = bit + 1;
    }
  }

  evaluate(): void {
    if (this.#isEvaluated) throw new RangeError('The compiled engine evaluates once a cycle: call clock() in between.');
    this.#isEvaluated = true;
    run(this.#copy, this.#layout.aside);
    run(this.#program, this.#layout.program);
  }

  getOutput(port: string): Uint32Array {
    const { nets } = findPort(this.netlist.outputs, port);
    const { wordsPerNet } = this;
    let words = this.#outputs.get(port);
    if (words === undefined) this.#outputs.set(port, (words = new Uint32Array(nets.length * wordsPerNet)));
    for (let bit = 0, to = 0; bit < nets.length; bit++) {
      // Copied word by word: nets are too short for a call of `set` to pay off.
      const from = this.#layout.wordOf(nets[bit]);
      for (let word = 0; word < wordsPerNet; word++) words[to++] = this.#words[from + word];
    }
    return words;
  }

  clock(): void {
    this.#isEvaluated = false;
    for (const memory of this.#memories) memory.sample();
    for (const memory of this.#memories) memory.step();
    run(this.#copy, this.#layout.clock);
  }

  flip(bit: StateBit, lanes: Uint32Array): void {
    if ('memory' in bit) {
      checkMemoryBit(this.netlist, bit.memory, bit.bit);
      this.#memories[bit.memory].flip(bit.bit, lanes);
      return;
    }
    if (!this.#isRegister.has(bit.register)) throw new RangeError(`Net ${bit.register} is no register.`);
    const at = this.#layout.wordOf(bit.register);
    for (let word = 0; word < this.wordsPerNet; word++) this.#words[at + word] ^= lanes[word];
  }

  #fill(word: number, bit: boolean): void {
    this.#words.fill(bit ? 0xffffffff : 0, word, word + this.wordsPerNet);
  }
}

/** Runs a function over a range of operand tables or steps, [first, end) in bytes. An empty range is skipped. */
const run = (work: (first: number, end: number) => void, [first, end]: readonly [number, number]): void => {
  if (end > first) work(first, end);
};

/** Lists the cells of one kind, in netlist order. */
function cellsOfKind({ cells }: Netlist, kind: 'register' | 'configuration'): Int32Array {
  const code = cellCode(kind);
  const found = new Int32List();
  for (let cell = 0; cell < cells.count; cell++) if (cells.kind[cell] === code) found.push(cell);
  return found.toArray();
}

/** Marks the nets that something other than a combinational cell reads or drives: 1 for these. */
function keptNets({ cells, netCount, inputs, outputs, memories }: Netlist, registers: Int32Array): Uint8Array {
  const kept = new Uint8Array(netCount);
  kept[CONSTANT_0] = kept[CONSTANT_1] = 1;
  for (const port of [...inputs, ...outputs]) port.nets.forEach((net) => (kept[net] = 1));
  for (const cell of registers) kept[cells.a[cell]] = kept[cells.out[cell]] = 1;
  for (const memory of memories) {
    for (const net of operandsOfMemory(memory)) kept[net] = 1;
    memory.data.forEach((net) => (kept[net] = 1));
  }
  return kept;
}
