import type { Bit } from '../bits/polarity.js';

/** The kinds of cells, in the order of their codes. Every operand and result is one bit. */
export const CELL_KINDS = [
  'not', // y = not a
  'and', // y = a and b
  'or', // y = a or b
  'xor', // y = a xor b
  'xnor', // y = a xnor b: the product of two signs
  'mux', // y = a ? b : c
  'compare', // y = a >= b for one bit, c (the result of the lower bits) on a tie
  'half-adder', // (y, carry) = a + b
  'full-adder', // (y, carry) = a + b + c
  'register', // y = a of the cycle before, 0 at first
  'configuration', // y = the next bit of the configuration
] as const;
export type CellKind = (typeof CELL_KINDS)[number];

export interface CellShape {
  readonly operands: 0 | 1 | 2 | 3;
  readonly results: 1 | 2;
  /** The two-input gates that the cell counts as in size figures; a full adder is five. */
  readonly gates: number;
}

export const CELL_SHAPES: Readonly<Record<CellKind, CellShape>> = {
  not: { operands: 1, results: 1, gates: 1 },
  and: { operands: 2, results: 1, gates: 1 },
  or: { operands: 2, results: 1, gates: 1 },
  xor: { operands: 2, results: 1, gates: 1 },
  xnor: { operands: 2, results: 1, gates: 1 },
  mux: { operands: 3, results: 1, gates: 3 },
  compare: { operands: 3, results: 1, gates: 4 },
  'half-adder': { operands: 2, results: 2, gates: 2 },
  'full-adder': { operands: 3, results: 2, gates: 5 },
  register: { operands: 1, results: 1, gates: 0 },
  configuration: { operands: 0, results: 1, gates: 0 },
};

/** The code of each kind: its position in the list. */
export const CELL_CODES = Object.fromEntries(CELL_KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<CellKind, number>
>;

export const cellCode = (kind: CellKind): number => CELL_CODES[kind];

export const isCombinational = (kind: CellKind): boolean => kind !== 'register' && kind !== 'configuration';

/** Numbers of operands by code, for loops over many cells. */
export const OPERAND_COUNTS = Uint8Array.from(CELL_KINDS, (kind) => CELL_SHAPES[kind].operands);
export const RESULT_COUNTS = Uint8Array.from(CELL_KINDS, (kind) => CELL_SHAPES[kind].results);
export const GATE_COUNTS = Uint8Array.from(CELL_KINDS, (kind) => CELL_SHAPES[kind].gates);
/** By code, 1 for combinational kinds. */
export const COMBINATIONAL = Uint8Array.from(CELL_KINDS, (kind) => Number(isCombinational(kind)));

/** Evaluates a combinational cell: [y] or [y, carry]. This is the reference that every engine is tested against. */
export function evaluateCell(kind: CellKind, a: Bit, b: Bit, c: Bit): readonly Bit[] {
  const bit = (value: boolean | number): Bit => (value ? 1 : 0);
  switch (kind) {
    case 'not':
      return [bit(a === 0)];
    case 'and':
      return [bit(a === 1 && b === 1)];
    case 'or':
      return [bit(a === 1 || b === 1)];
    case 'xor':
      return [bit(a !== b)];
    case 'xnor':
      return [bit(a === b)];
    case 'mux':
      return [a === 1 ? b : c];
    case 'compare':
      return [a === b ? c : a];
    case 'half-adder':
      return [bit((a + b) & 1), bit(a + b >= 2)];
    case 'full-adder':
      return [bit((a + b + c) & 1), bit(a + b + c >= 2)];
    case 'register':
    case 'configuration':
      throw new RangeError(`A ${kind} has no combinational value.`);
  }
}
