import { getBit } from '@adiabit/simulator/bits';
import { CELL_CODES, CONSTANT_0, CONSTANT_1 } from '@adiabit/simulator/netlist';
import type { Pass } from './pass.js';
import { keepCell, rewrite } from './rewrite.js';

/** Weights, thresholds and offsets become constants: what the bitstream says is built in. */
export const fixConfiguration: Pass = {
  name: 'fix configuration',
  steps: ({ netlist, configuration }) => {
    let position = 0;
    return rewrite(netlist, (cell, emit, results) => {
      if (cell.code === CELL_CODES.configuration)
        results.first = getBit(configuration, 0, position++) ? CONSTANT_1 : CONSTANT_0;
      else keepCell(cell, emit, results);
    });
  },
};
