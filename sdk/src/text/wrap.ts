import { stripVTControlCharacters } from 'node:util';

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/**
 * Breaks lines that are too long at their spaces, never in a word; what follows stands below the line's second column if it has one,
 * else two columns further in. Escape sequences take no room.
 */
export const wrapLines = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrapLine(line, columns)))
    .join('\n');

function wrapLine(line: string, columns: number): string {
  const [indent] = /^ */.exec(line)!;
  const hang = ' '.repeat(hangOf(line, indent.length, columns));
  const lines: string[] = [];
  let current = indent;
  let isEmpty = true;
  // The spaces before a word go with it, so that columns stay.
  for (const [word, spaces] of line.slice(indent.length).matchAll(/( *)[^ ]+/g)) {
    const fits = widthOf(current + word) <= columns;
    if (fits || isEmpty) current += word;
    else {
      lines.push(current);
      current = hang + word.slice(spaces.length);
    }
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}

/** Returns where what follows a line begins: at its second column, unless that leaves little room. */
function hangOf(line: string, indent: number, columns: number): number {
  const column = /^( *\S+(?: \S+)* {2,})\S/.exec(stripVTControlCharacters(line))?.[1].length;
  const usual = Math.min(indent + 2, Math.floor(columns / 4));
  return column === undefined || column > columns / 2 ? usual : column;
}
