import type { CellKind } from '../netlist/cells.js';

/** The function of a cell as hardware languages express it: operands a, b, c and two-input operators. */
export type Logic =
  | 'a'
  | 'b'
  | 'c'
  | readonly ['not', Logic]
  | readonly ['and' | 'or' | 'xor' | 'xnor', Logic, Logic]
  /** select, value when 1, value when 0 */
  | readonly ['mux', Logic, Logic, Logic];

const differ: Logic = ['xor', 'a', 'b'];

/**
 * The formulas of each kind, one per result. A unit test compares them with `evaluateCell`, which is the definition.
 */
export const CELL_LOGIC: Readonly<Record<Exclude<CellKind, 'register' | 'configuration'>, readonly Logic[]>> = {
  not: [['not', 'a']],
  and: [['and', 'a', 'b']],
  or: [['or', 'a', 'b']],
  xor: [differ],
  xnor: [['xnor', 'a', 'b']],
  mux: [['mux', 'a', 'b', 'c']],
  compare: [['mux', differ, 'a', 'c']],
  'half-adder': [differ, ['and', 'a', 'b']],
  'full-adder': [
    ['xor', differ, 'c'],
    ['or', ['and', 'a', 'b'], ['and', differ, 'c']],
  ],
};
