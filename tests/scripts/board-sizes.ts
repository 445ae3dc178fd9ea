import { parseArgs } from 'node:util';
import { boardFlags } from '../../sdk/bench/flags.js';
import { writeRows, type Row } from '../../sdk/bench/rows.js';
import { readyBoards } from '../../sdk/src/boards/catalogue.js';
import { imageEntry } from '../../sdk/src/boards/manifest.js';
import { measureBoardSizes, type BoardSizes } from '../support/board-sizes.js';

/** --boards has to be known before the boards are. */
const { values } = parseArgs({ options: { boards: { type: 'string' } }, strict: false });
const folder = typeof values.boards === 'string' ? values.boards : undefined;
const known = readyBoards(folder).filter((board) => board.emulator !== undefined && imageEntry(board) !== undefined);

const USAGE = `Flash, RAM and stack of the prebuilt firmware, the stack measured in the emulators over whole sessions.

    npm run bench:sizes -- [--board ID] [--boards DIR] [--json FILE]`;
const flags = boardFlags(
  USAGE,
  known.map(({ id }) => id),
);

const grouped = (value: number): string => value.toLocaleString('en-US');
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** As in docs/results/board-sizes.md. */
const tableLine = ({ board, flash, ram, stack }: BoardSizes): string =>
  line([
    board,
    ...[flash, ram].map(({ used, has }) => `${grouped(used)} of ${grouped(has)}`),
    grouped(stack.dense),
    stack.picture === undefined ? '-' : grouped(stack.picture),
    grouped(stack.has),
  ]);

const rowsOf = ({ board, flash, ram, stack }: BoardSizes): readonly Row[] => {
  const row = (what: string, value: number, has: number, against: string): Row => ({
    id: `sizes.${board}.${what}`,
    value,
    unit: 'bytes',
    against,
    ratio: has / value,
  });
  return [
    row('flash', flash.used, flash.has, 'flash that the slots leave'),
    row('ram', ram.used, ram.has, 'RAM of the chip'),
    row('stack.dense', stack.dense, stack.has, 'RAM left to the stack'),
    ...(stack.picture === undefined ? [] : [row('stack.picture', stack.picture, stack.has, 'RAM left to the stack')]),
  ];
};

const rows: Row[] = [];
console.log(line(['board', 'flash', 'RAM, without the stack', 'stack, dense', 'stack, pictures', 'left to the stack']));
console.log(line(['---', '---:', '---:', '---:', '---:', '---:']));
for (const board of known.filter(({ id }) => flags.boards.includes(id))) {
  const sizes = await measureBoardSizes(board);
  console.log(tableLine(sizes));
  rows.push(...rowsOf(sizes));
}
writeRows(rows, flags);
