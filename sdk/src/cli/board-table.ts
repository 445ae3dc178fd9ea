import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isOperators, type AnyBitstream } from '@adiabit/simulator';
import { workBytesOf } from '../device/index.js';
import { count } from './format.js';

interface Board {
  readonly id: string;
  readonly slotBytes: number;
  readonly workBytes: number;
  /** Whether its firmware runs operators, too. */
  readonly operators?: boolean;
}

const require = createRequire(import.meta.url);

/** Which boards take a bitstream, with the bytes that it needs and that each has; in fewer than 80 columns. */
export function boardTable(bitstream: AnyBitstream, totalBytes: number): string {
  const file = require.resolve('@adiabit/firmware-templates/boards.json');
  const boards = JSON.parse(readFileSync(file, 'utf8')) as readonly Board[];
  const width = Math.max(...boards.map(({ id }) => id.length));
  const needed = workBytesOf(bitstream);
  const lines = boards.map(({ id, slotBytes, workBytes, operators }) => {
    const lacks = [
      ...(isOperators(bitstream) && operators === false ? ['runs dense binary layers only'] : []),
      ...(totalBytes > slotBytes ? ['not enough flash'] : []),
      ...(needed > workBytes ? ['not enough RAM'] : []),
    ];
    const verdict = lacks.length === 0 ? 'fits' : lacks.join(', ');
    return `    ${id.padEnd(width)}  flash ${count(slotBytes).padStart(9)}  RAM ${count(workBytes).padStart(9)}  ${verdict}`;
  });
  return `  boards (it needs ${count(totalBytes)} bytes of flash, ${count(needed)} of RAM)\n${lines.join('\n')}`;
}
