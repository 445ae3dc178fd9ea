import { kindOf, liveCells } from '@adiabit/simulator';
import type { Pass } from './pass.js';
import { keepCell, rewrite } from './rewrite.js';

/** Cells that no output depends on, in this cycle or a later one, disappear; configuration cells stay in place. */
export const removeDeadCells: Pass = {
  name: 'remove dead cells',
  run: ({ netlist }) => {
    const live = liveCells(netlist);
    return rewrite(netlist, keepCell, (cell) => live[cell] === 1 || kindOf(netlist.cells, cell) === 'configuration');
  },
};
