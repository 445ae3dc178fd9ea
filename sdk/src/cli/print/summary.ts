import { count } from '../../text/format.js';
import type { NetworkOutlook } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';

/** Prints what a network will take, in fewer than 80 columns. */
export function printOutlook(terminal: Terminal, outlook: NetworkOutlook): void {
  const { name, layers, binaryParameters, realParameters, frozen, notFrozen } = outlook;
  const [binaryMacs, realMacs] = [
    sum(layers.map((layer) => layer.binaryMacs)),
    sum(layers.map((layer) => layer.realMacs)),
  ];
  terminal.say(
    columns([
      [name, 'output', 'bits', 'numbers', 'bit products', 'others'],
      ...layers.map(({ kind, outputShape, ...layer }) => [
        kind,
        outputShape,
        ...[layer.binaryParameters, layer.realParameters, layer.binaryMacs, layer.realMacs].map(numeral),
      ]),
      ['together', '', ...[binaryParameters, realParameters, binaryMacs, realMacs].map(count)],
    ]),
  );
  if (frozen === undefined) terminal.say(`no circuit and no bitstream: ${notFrozen ?? ''}`);
  else {
    const { circuit, boards, bitstreamBytes, workBytes } = frozen;
    const { form, parts, gates, luts, memoryBits, latency, initiationInterval } = circuit;
    const tables = luts === undefined ? '' : `, about ${count(luts)} 4-input tables`;
    terminal.say(`\nthe circuit, ${form}${tables}, ${count(memoryBits)} memory bits;`);
    terminal.say(`${count(latency)} cycles an inference, a new one every ${count(initiationInterval)}`);
    terminal.say(
      columns(
        [['part', 'gates'], ...parts.map((part) => [part.name, count(part.gates)]), ['together', count(gates)]],
        1,
      ),
    );
    terminal.say(`\nthe bitstream, ${count(bitstreamBytes)} bytes of flash, ${count(workBytes)} of RAM`);
    const rows = boards.map(({ id, cycles, lacks, slotBytes }) => [
      id,
      cycles === undefined ? '-' : count(cycles),
      count(slotBytes),
      lacks.length === 0 ? 'fits' : lacks.join(', '),
    ]);
    terminal.say(columns([['board', 'cycles', 'flash of a slot', ''], ...rows], 1, [3]));
  }
  terminal.result(outlook);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const numeral = (value: number): string => (value === 0 ? '-' : count(value));

/** Writes a table: the first columns and those named begin at the left, numbers end at the right. */
function columns(rows: readonly (readonly string[])[], words = 2, others: readonly number[] = []): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const isWord = (column: number): boolean => column < words || others.includes(column);
  return rows
    .map((row) =>
      row.map((cell, column) => (isWord(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))),
    )
    .map((cells) => `  ${cells.join('  ')}`.trimEnd())
    .join('\n');
}
