import { CONSTANT_0, CONSTANT_1, evaluateCell, type Bit, type CellKind } from '@adiabit/simulator';
import type { Pass } from './pass.js';
import { rewrite, type Emit } from './rewrite.js';

/** An operand traced back through inverters: a variable (its place in the list of variables) or a constant. */
type Operand = { readonly constant: Bit } | { readonly variable: number; readonly inverted: boolean };

/**
 * Cells with a constant operand, twice the same operand or an operand and its inverse become smaller cells, wires or
 * constants. The rules are not written down: the cell's truth table is computed over the variables that are left.
 * A register of constant 1 stays: it is 0 in the first cycle.
 */
export const propagateConstants: Pass = {
  name: 'propagate constants',
  run: ({ netlist }) => {
    /** What an inverter's output inverts, and the other way round. */
    const inverse = new Map<number, number>([
      [CONSTANT_0, CONSTANT_1],
      [CONSTANT_1, CONSTANT_0],
    ]);
    const inverterOperand = new Map<number, number>();
    return rewrite(netlist, ({ kind, operands }, emit) => {
      const invert = (net: number): number => {
        const known = inverse.get(net);
        if (known !== undefined) return known;
        const [inverted] = emit('not', net);
        inverse.set(net, inverted).set(inverted, net);
        inverterOperand.set(inverted, net);
        return inverted;
      };
      if (kind === 'configuration') return emit(kind);
      if (kind === 'register') return operands[0] === CONSTANT_0 ? [CONSTANT_0] : emit(kind, ...operands);
      if (kind === 'not') return [invert(operands[0])];
      const variables: number[] = [];
      const traced = operands.map((net): Operand => {
        if (net === CONSTANT_0 || net === CONSTANT_1) return { constant: net };
        const variable = inverterOperand.get(net) ?? net;
        if (!variables.includes(variable)) variables.push(variable);
        return { variable: variables.indexOf(variable), inverted: variable !== net };
      });
      const takesInverses = (kind === 'xor' || kind === 'xnor') && operands.some((net) => inverterOperand.has(net));
      if (variables.length === operands.length && !takesInverses) return emit(kind, ...operands);
      const zero = kind === 'full-adder' ? operands.indexOf(CONSTANT_0) : -1;
      if (zero >= 0 && variables.length === 2) return emit('half-adder', ...operands.filter((_, at) => at !== zero));
      return truthTables(kind, traced, variables.length).map((table) => build(table, variables, emit, invert));
    });
  },
};

/** Per result, its value for every assignment of the variables (bit i of the row is variable i). */
function truthTables(kind: CellKind, operands: readonly Operand[], variables: number): Bit[][] {
  const rows = Array.from({ length: 2 ** variables }, (_, row) => {
    const [a, b = 0, c = 0] = operands.map((operand): Bit => {
      if ('constant' in operand) return operand.constant;
      const bit = (row >> operand.variable) & 1;
      return bit === Number(operand.inverted) ? 0 : 1;
    });
    return evaluateCell(kind, a, b, c);
  });
  return rows[0].map((_, result) => rows.map((row) => row[result]));
}

/** A net with this truth table over at most two variables. */
function build(
  table: readonly Bit[],
  variables: readonly number[],
  emit: Emit,
  invert: (net: number) => number,
): number {
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
      ? emit('and', literal(0, first), literal(1, second))[0]
      : emit('or', literal(0, 1 - first), literal(1, 1 - second))[0];
  }
  if (table[0] === table[3]) return emit(table[0] ? 'xnor' : 'xor', ...variables)[0];
  return table[0] === table[2] ? literal(0, table[1]) : literal(1, table[2]);
}
