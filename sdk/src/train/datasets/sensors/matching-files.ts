import { DataError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { listFolder } from '../data-files.js';

/**
 * Lists the files that patterns name, in the order of their names, each once. `*` stands for any part of a name, `?`
 * for one character, and `**` as a name for any folders.
 * @param baseFolder where the patterns start
 * @throws DataError `data.not-found` naming a pattern without files, or a folder that cannot be read
 */
export async function matchingFiles(
  patterns: string | readonly string[],
  baseFolder: string,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    const names = pattern.split(/[\\/]/);
    const start = names[0] === '' ? '/' : baseFolder;
    const files = await filesUnder(
      start,
      names.filter((name) => name !== '' && name !== '.'),
    );
    if (files.length === 0) {
      const message = `No file matches "${pattern}" in ${start}. Check the pattern, or get the data first.`;
      throw new DataError('not-found', message, { pattern, folder: start });
    }
    files.forEach((file) => found.add(file));
  }
  return [...found];
}

async function filesUnder(folder: string, [name, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (name === '..') return filesUnder(join(folder, name), rest);
  const { files, folders } = await listFolder(folder);
  const inFolders = async (entered: readonly string[], names: readonly string[]): Promise<readonly string[]> =>
    (await Promise.all(entered.map((one) => filesUnder(join(folder, one), names)))).flat();
  if (name === '**') return [...(await filesUnder(folder, rest)), ...(await inFolders(folders, [name, ...rest]))];
  const matches = expressionOf(name);
  if (rest.length > 0)
    return inFolders(
      folders.filter((one) => matches.test(one)),
      rest,
    );
  return files.filter((one) => matches.test(one)).map((one) => join(folder, one));
}

const expressionOf = (name: string): RegExp =>
  new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.')}$`,
    'u',
  );
