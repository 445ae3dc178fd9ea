import type { Bit } from '@adiabit/simulator/bits';
import {
  CELL_CODES,
  CELL_KINDS,
  CONSTANT_0,
  CONSTANT_1,
  OPERAND_COUNTS,
  evaluateCell,
  type CellKind,
} from '@adiabit/simulator/netlist';
import { NetMap } from './net-map.js';
import type { Pass } from './pass.js';
import { keepCell, rewrite, type Emit, type Rule } from './rewrite.js';

/**
 * Cells with a constant operand, twice the same operand or an operand and its inverse become smaller cells, wires or
 * constants. The rules are not written down: the cell's truth table is computed over the variables that are left.
 * A register of constant 1 stays: it is 0 in the first cycle.
 */
export const propagateConstants: Pass = {
  name: 'propagate constants',
  steps: ({ netlist }) => rewrite(netlist, propagation()),
};

function propagation(): Rule {
  /** What an inverter's output inverts, and the other way round. */
  const inverse = new NetMap();
  const inverterOperand = new NetMap();
  /** The variables of the cell at hand: operands traced back through inverters, each once. */
  const variables = new Int32Array(3);
  let variableCount = 0;
  /**
   * Returns an operand in three bits: a constant, or 2 + 2 * (its place in the list of variables) + (1 when inverted).
   */
  const trace = (net: number): number => {
    if (net <= CONSTANT_1) return net;
    const inverted = inverterOperand.get(net);
    const variable = inverted === 0 ? net : inverted;
    let place = 0;
    while (place < variableCount && variables[place] !== variable) place++;
    if (place === variableCount) variables[variableCount++] = variable;
    return 2 + 2 * place + Number(inverted !== 0);
  };
  const { register, configuration, not, xor, xnor } = CELL_CODES;
  const [halfAdder, fullAdder] = [CELL_CODES['half-adder'], CELL_CODES['full-adder']];
  return (cell, emit, results) => {
    const { code, a, b, c } = cell;
    const invert = (net: number): number => {
      if (net <= CONSTANT_1) return CONSTANT_1 - net;
      const known = inverse.get(net);
      if (known !== 0) return known;
      const inverted = emit(not, net);
      inverse.set(net, inverted);
      inverse.set(inverted, net);
      inverterOperand.set(inverted, net);
      return inverted;
    };
    if (code === configuration || (code === register && a !== CONSTANT_0)) {
      keepCell(cell, emit, results);
      return;
    }
    if (code === register || code === not) {
      results.first = code === not ? invert(a) : CONSTANT_0;
      return;
    }
    const operands = OPERAND_COUNTS[code];
    variableCount = 0;
    const pattern = trace(a) + 8 * trace(b) + (operands > 2 ? 64 * trace(c) : 0);
    const takesInverses =
      (code === xor || code === xnor) && (inverterOperand.get(a) !== 0 || inverterOperand.get(b) !== 0);
    if (variableCount === operands && !takesInverses) {
      keepCell(cell, emit, results);
    } else if (
      code === fullAdder &&
      variableCount === 2 &&
      (a === CONSTANT_0 || b === CONSTANT_0 || c === CONSTANT_0)
    ) {
      results.first = a === CONSTANT_0 ? emit(halfAdder, b, c) : emit(halfAdder, a, b === CONSTANT_0 ? c : b);
      results.second = results.first + 1;
    } else {
      const tables = truthTablesOf(code, pattern, variableCount);
      results.first = build(tables[0], variables, emit, invert);
      if (tables.length > 1) results.second = build(tables[1], variables, emit, invert);
    }
  };
}

const knownTables: (readonly (readonly Bit[])[] | undefined)[] = [];

/** Returns the truth tables of a cell whose operands are traced to variables; there are few patterns and many cells. */
function truthTablesOf(code: number, pattern: number, variables: number): readonly (readonly Bit[])[] {
  return (knownTables[512 * code + pattern] ??= truthTables(CELL_KINDS[code], pattern, variables));
}

/** Returns for each result its value for every assignment of the variables (bit i of the row is variable i). */
function truthTables(kind: CellKind, pattern: number, variables: number): Bit[][] {
  const rows = Array.from({ length: 2 ** variables }, (_, row) => {
    const operand = (traced: number): Bit => {
      if (traced <= CONSTANT_1) return traced === CONSTANT_1 ? 1 : 0;
      return ((row >> ((traced - 2) >> 1)) & 1) === (traced & 1) ? 0 : 1;
    };
    return evaluateCell(kind, operand(pattern & 7), operand((pattern >> 3) & 7), operand(pattern >> 6));
  });
  return rows[0].map((_, result) => rows.map((row) => row[result]));
}

/** Returns a net with this truth table over at most two variables. */
function build(table: readonly Bit[], variables: Int32Array, emit: Emit, invert: (net: number) => number): number {
  const ones = table.reduce<number>((sum, bit) => sum + bit, 0);
  if (ones === 0) return CONSTANT_0;
  if (ones === table.length) return CONSTANT_1;
  const literal = (variable: number, value: number): number =>
    value ? variables[variable] : invert(variables[variable]);
  if (table.length === 2) return literal(0, table[1]);
  // One or three rows differ from the rest: an and of two literals, or an or of their inverses.
  if (ones !== 2) {
    const odd = table.indexOf(ones === 1 ? 1 : 0);
    const [first, second] = [odd & 1, odd >> 1];
    return ones === 1
      ? emit(CELL_CODES.and, literal(0, first), literal(1, second))
      : emit(CELL_CODES.or, literal(0, 1 - first), literal(1, 1 - second));
  }
  if (table[0] === table[3]) return emit(table[0] ? CELL_CODES.xnor : CELL_CODES.xor, variables[0], variables[1]);
  return table[0] === table[2] ? literal(0, table[1]) : literal(1, table[2]);
}
