import { CELL_CODES, livenessOf } from '@adiabit/simulator/netlist';
import type { Pass } from './pass.js';
import { keepCell, rewrite } from './rewrite.js';

/** Cells and memories that no output depends on, in this cycle or a later one, disappear; configuration cells stay in place. */
export const removeDeadCells: Pass = {
  name: 'remove dead cells',
  steps: ({ netlist }) => {
    const live = livenessOf(netlist);
    return rewrite(netlist, keepCell, {
      cell: (cell) => live.cells[cell] === 1 || netlist.cells.kind[cell] === CELL_CODES.configuration,
      memory: (memory) => live.memories[memory] === 1,
    });
  },
};
