import { afterNextRound, within, type Steps } from '@adiabit/simulator/circuit';
import {
  CELL_CODES,
  CELL_KINDS,
  COMBINATIONAL,
  CONSTANT_1,
  NO_NET,
  OPERAND_COUNTS,
  evaluateCell,
  levelize,
  operandsOfMemory,
  type CellTable,
  type Netlist,
} from '@adiabit/simulator/netlist';
import { CELLS_A_STEP, type Pass } from './pass.js';
import { keepCell, rewrite } from './rewrite.js';

const REGISTER = CELL_CODES.register;

/**
 * Registers move from the operands of a cell to its results where those are fewer: the three before a full adder become
 * two behind it (C. Leiserson and J. Saxe, "Retiming synchronous circuitry", Algorithmica 6, 1991; forwards only). A
 * cell comes before its registers only where nothing else reads them, where no path gets longer than the longest one
 * was, and where it makes zeros of zeros, because registers start at 0.
 */
export const retimeRegisters: Pass = {
  name: 'retime registers',
  steps: function* ({ netlist }) {
    const { depth } = levelize(netlist);
    let current = netlist;
    // A row of registers that moved makes way for the row before it.
    for (let done = 0; ; done = afterNextRound(done)) {
      const sweep = new Sweep(current, depth);
      if (!(yield* within(done, afterNextRound(done), sweep.steps())))
        return yield* within(afterNextRound(done), 1, rewrite(current, keepCell));
      current = sweep.result();
    }
  },
};

/** One walk over the cells, from the inputs on, that moves what can be moved. */
class Sweep {
  readonly #cells: CellTable;
  readonly #operandAt: readonly Int32Array[];
  readonly #isRemoved: Uint8Array;
  readonly #readers: Uint32Array;
  /** For each net the register that drives it, or -1. */
  readonly #registerOf: Int32Array;
  /** For each net the number of cells in a row up to it. Moving registers never raises it. */
  readonly #levels: Int32Array;
  #netCount: number;

  readonly #netlist: Netlist;
  readonly #depth: number;

  /** @param depth what no path may exceed */
  constructor(netlist: Netlist, depth: number) {
    this.#netlist = netlist;
    this.#depth = depth;

    const { cells, memories, outputs, probes, netCount } = netlist;
    const [a, b, c] = [cells.a.slice(), cells.b.slice(), cells.c.slice()];
    this.#cells = { ...cells, a, b, c, out: cells.out.slice(), carry: cells.carry.slice() };
    this.#operandAt = [a, b, c];
    this.#isRemoved = new Uint8Array(cells.count);
    this.#netCount = netCount;
    // A cell moves once, and gets at most two new nets.
    const most = netCount + 2 * cells.count;
    this.#readers = new Uint32Array(most);
    this.#registerOf = new Int32Array(most).fill(-1);
    this.#levels = new Int32Array(most);
    const { level } = levelize(netlist);
    for (let cell = 0; cell < cells.count; cell++) {
      for (let index = OPERAND_COUNTS[cells.kind[cell]] - 1; index >= 0; index--)
        this.#readers[this.#operandAt[index][cell]]++;
      if (cells.kind[cell] === REGISTER) this.#registerOf[cells.out[cell]] = cell;
      this.#levels[cells.out[cell]] = level[cell];
      if (cells.carry[cell] !== NO_NET) this.#levels[cells.carry[cell]] = level[cell];
    }
    for (const { nets } of [...outputs, ...probes]) for (const net of nets) this.#readers[net]++;
    for (const memory of memories) for (const net of operandsOfMemory(memory)) this.#readers[net]++;
  }

  /** Moves what it can. Tells whether anything moved. */
  *steps(): Steps<boolean> {
    const { count } = this.#cells;
    let hasMoved = false;
    for (let cell = 0; cell < count; cell += CELLS_A_STEP) {
      yield cell / count;
      if (this.#moveAll(cell, Math.min(cell + CELLS_A_STEP, count))) hasMoved = true;
    }
    return hasMoved;
  }

  #moveAll(from: number, to: number): boolean {
    const { kind } = this.#cells;
    let hasMoved = false;
    for (let cell = from; cell < to; cell++) if (COMBINATIONAL[kind[cell]] === 1 && this.#move(cell)) hasMoved = true;
    return hasMoved;
  }

  /** Returns the new netlist. Nets of registers that are gone are neither driven nor read. */
  result(): Netlist {
    const { kind, a, b, c, out, carry, group } = this.#cells;
    const kept = <Field extends Int32Array | Uint8Array>(field: Field): Field =>
      field.filter((_: number, cell: number) => this.#isRemoved[cell] === 0) as Field;
    const cells = { kind: kept(kind), a: kept(a), b: kept(b), c: kept(c), out: kept(out), carry: kept(carry) };
    return {
      ...this.#netlist,
      netCount: this.#netCount,
      cells: { ...cells, group: kept(group), count: cells.kind.length },
    };
  }

  /** Puts a cell before the registers that it reads, if that is allowed and leaves fewer of them; whether it is. */
  #move(cell: number): boolean {
    const { kind, a, out, carry } = this.#cells;
    const operands = this.#operandAt.slice(0, OPERAND_COUNTS[kind[cell]]).map((nets) => nets[cell]);
    const registered = [...new Set(operands.filter((net) => net > CONSTANT_1))];
    const results = [out[cell], carry[cell]].filter((net) => net !== NO_NET && this.#readers[net] > 0);
    if (results.length >= registered.length) return false;
    let level = 0;
    for (const net of registered) {
      const register = this.#registerOf[net];
      if (register < 0 || this.#readers[net] !== operands.filter((operand) => operand === net).length) return false;
      level = Math.max(level, this.#levels[a[register]]);
    }
    if (level >= this.#depth || !makesZeros(kind[cell], operands)) return false;
    const registers = registered.map((net) => this.#registerOf[net]);
    operands.forEach((net, index) => {
      if (net > CONSTANT_1) this.#operandAt[index][cell] = a[this.#registerOf[net]];
    });
    for (const [at, net] of registered.entries()) {
      const before = a[registers[at]];
      this.#readers[before] += this.#readers[net] - 1;
      this.#readers[net] = 0;
      this.#registerOf[net] = -1;
    }
    for (const register of registers.slice(results.length)) this.#isRemoved[register] = 1;
    for (const nets of [out, carry]) {
      const result = nets[cell];
      if (result === NO_NET) continue;
      nets[cell] = this.#netCount++;
      this.#levels[nets[cell]] = level + 1;
      const place = results.indexOf(result);
      if (place < 0) continue;
      const register = registers[place];
      a[register] = nets[cell];
      out[register] = result;
      this.#registerOf[result] = register;
      this.#levels[result] = 0;
      this.#readers[nets[cell]] = 1;
    }
    return true;
  }
}

/** Tells whether all results of a cell are 0 while the registers that it reads are. */
function makesZeros(code: number, operands: readonly number[]): boolean {
  const [x = 0, y = 0, z = 0] = operands.map((net) => (net === CONSTANT_1 ? 1 : 0));
  return evaluateCell(CELL_KINDS[code], x, y, z).every((result) => result === 0);
}
