import type { BitMatrix } from '../../bits/bit-matrix.js';
import type { Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import type { Contents } from '../../network/ranges.js';
import { counter, rowNow, sequence } from './sequence.js';

/** The source of a folded circuit's weights and constants: built in, or in memories that are loaded later. */
export interface Tables {
  /** The contents for which widths must be enough. */
  readonly contents: Contents;
  /**
   * Gives the rows of a table in order, again and again. `advance` is 1 in the cycle before a row is used for the last
   * time.
   */
  inTurn(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word;
  /**
   * Gives rows like `inTurn`, but `advance` is 1 in the cycle in which a row is used for the last time. For small
   * tables.
   */
  atOnce(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word;
}

/** Tables in memories with initial contents; a table of one row is constants. */
export const builtInTables: Tables = {
  contents: 'own',
  inTurn: sequence,
  // A memory would answer one cycle later, so a counter selects the row.
  atOnce: (builder, _name, table, advance) => rowNow(builder, table, counter(builder, table.rows, advance).value),
};
