import type { BitMatrix } from '../../bits/bit-matrix.js';
import type { Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import type { Contents } from '../../network/ranges.js';
import { counter, rowNow, sequence } from './sequence.js';

/** Where a folded circuit has its weights and constants: built in, or in memories that are loaded later. */
export interface Tables {
  /** What widths must be enough for. */
  readonly contents: Contents;
  /**
   * The rows of a table one after the other, round and round: `advance` is 1 in the cycle before a row is used for the last
   * time.
   */
  inTurn(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word;
  /** The same, but `advance` is 1 in the cycle in which a row is used for the last time; for small tables. */
  atOnce(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word;
}

/** Contents that memories hold from the start, and constants where a table has one row. */
export const builtInTables: Tables = {
  contents: 'own',
  inTurn: sequence,
  // A memory would answer a cycle later: a counter and a choice.
  atOnce: (builder, _name, table, advance) => rowNow(builder, table, counter(builder, table.rows, advance).value),
};
