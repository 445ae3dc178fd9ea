import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { boardNamed, FIRMWARE_FOLDER, parseEntries, readBoards, type Board } from './catalogue.js';
import { BoardError } from './errors.js';
import { boardHeader } from './header.js';

export interface NewBoard {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string;
  /** Id of the board that it is made like. */
  readonly like: string;
  /** Folder of boards that it goes into; made if it is not there. */
  readonly folder: string;
  /** The name for people. If absent, that of the other board with the new id. */
  readonly name?: string;
}

/**
 * Adds a board: copies the port and the entry of another one, under a new id, into a folder of boards.
 * @throws BoardError `board.exists` if there is such a board or such a folder of a port, `board.unknown` for `like`,
 * `board.bad-entry` for an id that no board can have
 */
export function newBoard({ id, like, folder, name }: NewBoard): Board {
  const home = resolve(folder);
  const file = join(home, 'boards.json');
  const known = readBoards(existsSync(file) ? home : undefined);
  const port = join(home, 'ports', id);
  if (known.some((board) => board.id === id) || existsSync(port))
    throw new BoardError('exists', `There is a board ${id} already. Choose another id.`, { board: id });
  const model = known.find((board) => board.id === like) ?? boardNamed(like);
  const written = { ...writtenEntry(model), id, name: name ?? `${model.name} (${id})` };
  const text = appended(existsSync(file) ? readFileSync(file, 'utf8') : '[]', written);
  const [entry] = parseEntries(text, file).slice(-1);
  const board: Board = { ...entry, home };
  mkdirSync(home, { recursive: true });
  cpSync(join(model.home, 'ports', model.id), port, { recursive: true });
  writeFileSync(join(port, 'board.h'), boardHeader(board));
  writeFileSync(file, text);
  return board;
}

/**
 * Tells whether a folder is the one of the boards that come with Adiabit, whose lists are made by `npm run generate`.
 */
export const isOwnFolder = (folder: string): boolean => resolve(folder) === FIRMWARE_FOLDER;

/** Returns the entry as it stands in the file: addresses in hexadecimal. */
function writtenEntry({ home, id }: Board): Readonly<Record<string, unknown>> {
  const entries = JSON.parse(readFileSync(join(home, 'boards.json'), 'utf8')) as readonly { readonly id: string }[];
  return entries.find((entry) => entry.id === id)!;
}

/** Returns the list with one more element, all others as they were written. */
function appended(list: string, entry: unknown): string {
  const element = JSON.stringify(entry, null, 2).replace(/^/gm, '  ');
  const others = list.trimEnd().replace(/\s*\]$/, '');
  return `${others}${others === '[' ? '' : ','}\n${element}\n]\n`;
}
