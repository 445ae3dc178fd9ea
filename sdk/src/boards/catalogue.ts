import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { reasonOf } from '../files.js';
import { entriesSchema, type BoardEntry } from './entry.js';
import { BoardError } from './errors.js';

/** A board: its entry, and the folder that holds its boards.json, ports/ and images/. */
export interface Board extends BoardEntry {
  readonly home: string;
}

/** The folder of the boards that come with Adiabit. */
export const FIRMWARE_FOLDER = dirname(
  createRequire(import.meta.url).resolve('@adiabit/firmware-templates/package.json'),
);

/**
 * Reads the boards that come with Adiabit and, with `folder`, those of another folder behind them, templates without an
 * image included.
 * @throws BoardError `board.bad-entry` naming file, board and field; `board.exists` if two boards have one id
 */
export function readBoards(folder?: string): readonly Board[] {
  const boards = boardsIn(FIRMWARE_FOLDER);
  if (folder === undefined || resolve(folder) === FIRMWARE_FOLDER) return boards;
  const more = boardsIn(resolve(folder));
  const twice = more.find(({ id }) => boards.some((board) => board.id === id));
  if (twice !== undefined)
    throw new BoardError('exists', `${fileOf(twice.home)} has a board ${twice.id}; Adiabit has one. Rename yours.`, {
      board: twice.id,
    });
  return [...boards, ...more];
}

/** Returns boards whose firmware has been built, or can be: those that are no templates. */
export const readyBoards = (folder?: string): readonly Board[] =>
  readBoards(folder).filter(({ template }) => template === undefined);

/** Returns the board with an id. @throws BoardError `board.unknown` naming the boards that there are */
export function boardNamed(id: string, folder?: string): Board {
  const boards = readBoards(folder);
  const board = boards.find((one) => one.id === id);
  if (board !== undefined) return board;
  const known = boards.map((one) => one.id);
  throw new BoardError('unknown', `There is no board "${id}". These exist: ${known.join(', ')}.`, { board: id, known });
}

const fileOf = (folder: string): string => join(folder, 'boards.json');

const cache = new Map<string, { readonly text: string; readonly boards: readonly Board[] }>();

function boardsIn(folder: string): readonly Board[] {
  const text = readText(fileOf(folder));
  const cached = cache.get(folder);
  if (cached?.text === text) return cached.boards;
  const boards = parseEntries(text, fileOf(folder)).map((entry) => ({ ...entry, home: folder }));
  cache.set(folder, { text, boards });
  return boards;
}

/** Reads the entries in the text of a boards.json. @throws BoardError `board.bad-entry` */
export function parseEntries(text: string, file: string): readonly BoardEntry[] {
  const found = entriesSchema.safeParse(parseJson(text, file));
  if (!found.success) throw badEntry(file, describeIssue(found.error, parseJson(text, file)));
  const ids = found.data.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice === undefined) return found.data;
  throw new BoardError('exists', `${file} has two boards ${twice}. Rename one.`, { board: twice, file });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badEntry(file, (error as Error).message);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = `${file} cannot be read: ${reasonOf(error)}. A folder of boards has a boards.json; "adiabit new-board" makes one.`;
    throw new BoardError('bad-entry', why, { file }, error);
  }
}

const badEntry = (file: string, why: string): BoardError =>
  new BoardError('bad-entry', `${file}: ${why}. docs/guides/add-a-board.md says what each field is.`, { file });

/** Writes the first issue, with the board's id and the field. */
function describeIssue({ issues: [issue] }: z.ZodError, whole: unknown): string {
  const [index, ...path] = issue.path;
  const entries: unknown = whole;
  const entry: unknown = Array.isArray(entries) && typeof index === 'number' ? entries[index] : undefined;
  const id = typeof entry === 'object' && entry !== null && 'id' in entry ? String(entry.id) : String(index);
  return `board ${id}${path.length === 0 ? '' : `, ${path.join('.')}`}: ${issue.message}`;
}
