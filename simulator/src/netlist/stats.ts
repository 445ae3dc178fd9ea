import { CELL_KINDS, CELL_SHAPES, type CellKind } from './cells.js';
import { depthOf, levelsOf } from './levelize.js';
import type { Netlist } from './netlist.js';

export interface NetlistStats {
  readonly cells: Readonly<Record<CellKind, number>>;
  readonly xnorCells: number;
  /** Full and half adders. */
  readonly adderCells: number;
  /** Magnitude comparators: thresholds and the search for the largest output. */
  readonly comparators: number;
  readonly registers: number;
  readonly configurationBits: number;
  /** Bits of all memories. */
  readonly memoryBits: number;
  /** Two-input gates, a full adder counted as five. */
  readonly gates: number;
  /** Cells on the longest path between two registers. */
  readonly levels: number;
}

export function netlistStats(netlist: Netlist): NetlistStats {
  const counts = new Int32Array(CELL_KINDS.length);
  for (const code of netlist.cells.kind) counts[code]++;
  const cells = Object.fromEntries(CELL_KINDS.map((kind, code) => [kind, counts[code]])) as Record<CellKind, number>;
  return {
    cells,
    xnorCells: cells.xnor,
    adderCells: cells['half-adder'] + cells['full-adder'],
    comparators: netlist.groups.filter((group) => group.role === 'comparator').length,
    registers: cells.register,
    configurationBits: cells.configuration,
    memoryBits: netlist.memories.reduce((sum, { depth, data }) => sum + depth * data.length, 0),
    gates: CELL_KINDS.reduce((sum, kind) => sum + CELL_SHAPES[kind].gates * cells[kind], 0),
    levels: depthOf(levelsOf(netlist)),
  };
}
