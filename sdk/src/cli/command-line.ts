/** Command lines that people copy into a shell. */

/** Returns an option with its value, or nothing where there is none. */
export const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

/** Returns a path that no command takes for an option. */
export const asPath = (path: string): string => (path.startsWith('-') ? `./${path}` : path);

/** Joins words to a line that a shell takes apart into the same words again. */
export const commandLine = (words: readonly string[], platform = process.platform): string =>
  words.map((word) => quoted(word, platform)).join(' ');

function quoted(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (platform === 'win32') return `"${word.replaceAll('"', '""')}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
