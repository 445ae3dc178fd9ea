import { count } from '../text/format.js';
import type { Answer } from './answer.js';

/** Writes text such as "class 3, 120 above class 5". */
export function answerText({ class: answer, next }: Answer): string {
  const rival = next === undefined ? '' : `, ${count(next.behind)} above class ${next.class}`;
  return `class ${answer}${rival}`;
}

/** Returns a table with a head, every column as wide as its widest cell. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column])).join('  ')}`).join('\n');
}
