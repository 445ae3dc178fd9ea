import { CELL_KINDS } from '@adiabit/simulator/netlist';
import type { CompileReport } from '../../compile/compile.js';
import { html, type Html } from '../html.js';
import { bytes, count, plural } from '../numbers.js';
import { figuresTable } from '../table.js';

/** Shows what the circuit is made of. */
export const circuitSection = (circuit: CompileReport): Html => html`
  <section aria-labelledby="circuit">
    <h2 id="circuit">Circuit</h2>
    <div class="columns uneven">
      ${figuresTable('Size and time', [
        { name: 'Xnor cells', value: count(circuit.xnorCells), note: 'one per weight: the product of two signs' },
        { name: 'Adders', value: count(circuit.adderCells), note: 'full and half' },
        { name: 'Comparators', value: count(circuit.comparators), note: 'thresholds, and the search for the class' },
        { name: 'Registers', value: count(circuit.registers) },
        { name: 'Gates', value: count(circuit.gates), note: 'of two inputs; a full adder counts as five' },
        { name: 'Levels', value: count(circuit.levels), note: 'cells on the longest path between registers' },
        { name: 'Configuration', value: plural(circuit.configurationBits, 'bit') },
        { name: 'Bitstream', value: bytes(circuit.bitstreamBytes) },
        { name: 'Bit planes', value: count(circuit.timing.planes), note: 'bits of an input, one a cycle' },
        {
          name: 'Initiation interval',
          value: plural(circuit.timing.initiationInterval, 'cycle'),
          note: 'from one start to the next',
        },
        {
          name: 'Latency',
          value: plural(circuit.timing.latency, 'cycle'),
          note: 'of one inference, from start to the class',
        },
      ])}
      ${figuresTable(
        'Cells by kind',
        CELL_KINDS.map((kind) => ({ name: kind, value: count(circuit.cells[kind]) })),
      )}
    </div>
  </section>
`;
