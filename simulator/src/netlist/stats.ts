import { CELL_KINDS, CELL_SHAPES, type CellKind } from './cells.js';
import { depthOf, levelsOf } from './levelize.js';
import type { Netlist } from './netlist.js';

export interface NetlistStats {
  readonly cells: Readonly<Record<CellKind, number>>;
  readonly xnorCells: number;
  /** The number of full and half adders. */
  readonly adderCells: number;
  /** The number of comparators: thresholds and the search for the largest output. */
  readonly comparators: number;
  readonly registers: number;
  readonly configurationBits: number;
  /** The bits of all memories. */
  readonly memoryBits: number;
  /** The two-input gates; a full adder counts as five. */
  readonly gates: number;
  /** The cells on the longest path between two registers. */
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
