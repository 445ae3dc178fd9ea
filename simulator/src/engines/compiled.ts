import { getBit, type BitMatrix } from '../bits/bit-matrix.js';
import { operandsOfMemory } from '../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1, findPort, kindOf, operandsOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import { driversOf } from '../netlist/levelize.js';
import { isCombinational } from '../netlist/cells.js';
import { checkConfigurationSize, type Engine } from './engine.js';
import { LaneMemory } from './lane-memory.js';
import { cellsOfKind, scheduleCells } from './schedule.js';
import { planSlots } from './slots.js';
import { assembleKernels, type KernelName } from './wasm/kernels.js';

const PAGE_BYTES = 65_536;

/** A run of cells for one kernel: [start, end) of its records in memory. */
interface Run {
  readonly kernel: (start: number, end: number) => void;
  readonly start: number;
  readonly end: number;
}

/**
 * The fast engine: WebAssembly SIMD kernels, one per kind of cell, walk tables of cells and evaluate each on `vectors` x 128
 * lanes. Memory holds configuration words, cell tables and the slots of live nets.
 */
export class CompiledEngine implements Engine {
  readonly name = 'compiled (WebAssembly SIMD)';
  readonly lanes: number;
  readonly wordsPerNet: number;
  private readonly words: Uint32Array;
  private readonly slotAddress: (net: number) => number;
  private readonly splatAddress = new Map<number, number>();
  private readonly configurationCells: number[];
  private readonly registerCells: number[];
  private readonly combinationalRuns: Run[];
  private readonly clockRuns: Run[];
  private readonly memories: readonly LaneMemory[];

  /** @param vectors 128-bit vectors per net, 1..8: more lanes share each table walk, fewer keep the nets in cache. */
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
    this.configurationCells = cellsOfKind(netlist, 'configuration');
    this.registerCells = cellsOfKind(netlist, 'register');

    const schedule = scheduleCells(netlist);
    const splat = splatNets(netlist, this.configurationCells);
    const { slotOf, slotCount } = planSlots(netlist, schedule, keptNets(netlist, this.registerCells, splat));
    const drivers = driversOf(netlist);
    const fromLogic = (net: number): boolean => drivers[net] >= 0 && isCombinational(kindOf(cells, drivers[net]));
    const staged = this.registerCells.filter((cell) => !fromLogic(cells.a[cell]));

    const splatStart = 0;
    splat.forEach((isSplat, net) => {
      if (isSplat) this.splatAddress.set(net, splatStart + 4 * this.splatAddress.size);
    });
    const slotStart = align(splatStart + 4 * this.splatAddress.size);
    const slotBytes = 4 * this.wordsPerNet;
    const stagingStart = slotStart + slotCount * slotBytes;
    const tableStart = stagingStart + staged.length * slotBytes;
    this.slotAddress = (net) => slotStart + slotOf[net] * slotBytes;

    const combinational = new TableWriter(tableStart);
    for (const cell of schedule) {
      const operands = operandsOf(cells, cell);
      const [a, b] = operands;
      const results = resultsOf(cells, cell).map(this.slotAddress);
      const kind = kindOf(cells, cell) as KernelName;
      if (kind === 'xnor' && (splat[a] || splat[b])) {
        const [signal, weight] = splat[b] ? [a, b] : [b, a];
        combinational.write('xnor-splat', [this.slotAddress(signal), this.splatAddress.get(weight)!, ...results]);
      } else {
        combinational.write(kind, [...operands.map(this.slotAddress), ...results]);
      }
    }
    // A register fed by another register, an input or a constant is staged first, so that the order of copies
    // at the clock edge does not matter.
    const stagedAt = new Map(staged.map((cell, index) => [cell, stagingStart + index * slotBytes]));
    for (const [cell, staging] of stagedAt) combinational.write('copy', [this.slotAddress(cells.a[cell]), staging]);
    const clock = new TableWriter(combinational.end);
    for (const cell of this.registerCells) {
      clock.write('copy', [stagedAt.get(cell) ?? this.slotAddress(cells.a[cell]), this.slotAddress(cells.out[cell])]);
    }

    const memory = new WebAssembly.Memory({ initial: Math.ceil(clock.end / PAGE_BYTES) });
    this.words = new Uint32Array(memory.buffer);
    combinational.copyInto(this.words);
    clock.copyInto(this.words);
    const module = new WebAssembly.Module(assembleKernels(vectors));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.combinationalRuns = combinational.runs(exports);
    this.clockRuns = clock.runs(exports);
    this.fill(this.slotAddress(CONSTANT_1), true);
    const place = (net: number): number => this.slotAddress(net) >>> 2;
    this.memories = netlist.memories.map((one) => new LaneMemory(one, this.words, this.wordsPerNet, place));
  }

  /** Bytes of WebAssembly memory the circuit takes. */
  get memoryBytes(): number {
    return this.words.byteLength;
  }

  configure(configuration: BitMatrix): void {
    checkConfigurationSize(configuration, this.configurationCells.length);
    this.configurationCells.forEach((cell, position) => {
      const net = this.netlist.cells.out[cell];
      const bit = getBit(configuration, 0, position) === 1;
      const splat = this.splatAddress.get(net);
      if (splat === undefined) this.fill(this.slotAddress(net), bit);
      else this.words[splat >>> 2] = bit ? 0xffffffff : 0;
    });
  }

  reset(): void {
    for (const cell of this.registerCells) this.fill(this.slotAddress(this.netlist.cells.out[cell]), false);
    for (const memory of this.memories) memory.reset();
  }

  setInput(port: string, words: Uint32Array): void {
    const { nets } = findPort(this.netlist.inputs, port);
    for (let bit = 0; bit < nets.length; bit++) {
      const from = bit * this.wordsPerNet;
      this.words.set(words.subarray(from, from + this.wordsPerNet), this.slotAddress(nets[bit]) >>> 2);
    }
  }

  evaluate(): void {
    for (const { kernel, start, end } of this.combinationalRuns) kernel(start, end);
  }

  getOutput(port: string): Uint32Array {
    const { nets } = findPort(this.netlist.outputs, port);
    const words = new Uint32Array(nets.length * this.wordsPerNet);
    nets.forEach((net, bit) => {
      const from = this.slotAddress(net) >>> 2;
      words.set(this.words.subarray(from, from + this.wordsPerNet), bit * this.wordsPerNet);
    });
    return words;
  }

  clock(): void {
    for (const memory of this.memories) memory.sample();
    for (const memory of this.memories) memory.step();
    for (const { kernel, start, end } of this.clockRuns) kernel(start, end);
  }

  private fill(address: number, bit: boolean): void {
    this.words.fill(bit ? 0xffffffff : 0, address >>> 2, (address >>> 2) + this.wordsPerNet);
  }
}

const align = (address: number): number => (address + 15) & ~15;

/** Configuration nets that only xnor cells read: one word instead of a whole slot. */
function splatNets(netlist: Netlist, configurationCells: readonly number[]): Uint8Array {
  const { cells } = netlist;
  const splat = new Uint8Array(netlist.netCount);
  for (const cell of configurationCells) splat[cells.out[cell]] = 1;
  for (let cell = 0; cell < cells.count; cell++) {
    const operands = operandsOf(cells, cell);
    const bothSplat = operands.length === 2 && splat[operands[0]] === 1 && splat[operands[1]] === 1;
    if (kindOf(cells, cell) !== 'xnor' || bothSplat) for (const net of operands) splat[net] = 0;
  }
  for (const port of netlist.outputs) port.nets.forEach((net) => (splat[net] = 0));
  for (const memory of netlist.memories) for (const net of operandsOfMemory(memory)) splat[net] = 0;
  return splat;
}

/** Nets whose value outlives one pass over the schedule, or is read from outside. */
function keptNets(netlist: Netlist, registerCells: readonly number[], splat: Uint8Array): Uint8Array {
  const { cells } = netlist;
  const kept = new Uint8Array(netlist.netCount);
  kept[CONSTANT_0] = kept[CONSTANT_1] = 1;
  for (const port of [...netlist.inputs, ...netlist.outputs]) port.nets.forEach((net) => (kept[net] = 1));
  for (const cell of registerCells) kept[cells.a[cell]] = kept[cells.out[cell]] = 1;
  for (const memory of netlist.memories) {
    for (const net of operandsOfMemory(memory)) kept[net] = 1;
    memory.data.forEach((net) => (kept[net] = 1));
  }
  for (const cell of cellsOfKind(netlist, 'configuration')) kept[cells.out[cell]] = 1;
  splat.forEach((isSplat, net) => {
    if (isSplat) kept[net] = 0;
  });
  return kept;
}

/** Collects cell records and cuts them into runs of one kernel. */
class TableWriter {
  private readonly values: number[] = [];
  private readonly cuts: { name: KernelName; start: number }[] = [];

  constructor(private readonly start: number) {}

  get end(): number {
    return this.start + 4 * this.values.length;
  }

  write(name: KernelName, record: readonly number[]): void {
    if (this.cuts.at(-1)?.name !== name) this.cuts.push({ name, start: this.end });
    for (const value of record) this.values.push(value);
  }

  copyInto(words: Uint32Array): void {
    words.set(this.values, this.start >>> 2);
  }

  runs(exports: WebAssembly.Exports): Run[] {
    return this.cuts.map(({ name, start }, index) => ({
      kernel: exports[name] as Run['kernel'],
      start,
      end: index + 1 < this.cuts.length ? this.cuts[index + 1].start : this.end,
    }));
  }
}
