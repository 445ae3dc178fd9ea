import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readyBoards } from '../../boards/index.js';
import { BoardError } from '../../boards/errors.js';
import { makeFolder, reasonOf, writeTogether } from '../../files.js';
import { ProjectError } from '../../project/errors.js';
import { exampleRecordings } from '../../project/init/example-recordings.js';
import { templateFiles } from '../../project/init/template.js';

export interface InitProjectOptions {
  /** The folder of the project, whose name is the network's. */
  readonly folder: string;
  /** The board by its id, or by a word of its name: `rp2040`, `pico`. */
  readonly board: string;
}

export interface NewProject {
  readonly folder: string;
  readonly name: string;
  readonly board: string;
  /** Paths of what was written, in the folder. */
  readonly files: readonly string[];
}

/**
 * Begins a project: a config, computed recordings of a sensor, a test, firmware of one's own, a workflow for a CI.
 * @throws ProjectError `project.not-empty` for a folder that holds something, `project.bad-name` for a name that no package may have;
 * BoardError `board.unknown`
 */
export async function initProject(options: InitProjectOptions): Promise<NewProject> {
  const folder = resolve(options.folder);
  const name = basename(folder);
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(name)) {
    const message = `A project cannot be called "${name}": its name begins with a lower-case letter, and has such letters, digits and hyphens, 60 at most.`;
    throw new ProjectError('bad-name', message, { name });
  }
  const { id, name: boardName } = boardCalled(options.board);
  await refuseUnlessEmpty(folder);
  const files = new Map([
    ...templateFiles({ name, board: id, boardName }),
    ...[...exampleRecordings()].map(([file, text]) => [`data/${file}`, text] as const),
  ]);
  for (const at of new Set([...files.keys()].map((file) => dirname(join(folder, file))))) await makeFolder(at);
  await writeTogether([...files].map(([file, text]) => [join(folder, file), text]));
  return { folder, name, board: id, files: [...files.keys()] };
}

/** Returns the board with an id, or the only one with a word in its name. */
function boardCalled(called: string) {
  const boards = readyBoards();
  const wanted = called.toLowerCase();
  const wordsOf = (name: string): readonly string[] => name.toLowerCase().split(/[\s,/]+/);
  const found = boards.filter(({ id, name }) => id === wanted || wordsOf(name).includes(wanted));
  if (found.length === 1) return found[0];
  const known = boards.map(({ id }) => id);
  const what = found.length === 0 ? 'no board' : 'more than one board';
  throw new BoardError('unknown', `There is ${what} called "${called}". These exist: ${known.join(', ')}.`, {
    board: called,
    known,
  });
}

/** @throws ProjectError `project.not-empty` */
async function refuseUnlessEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new ProjectError('not-empty', `${folder} is no folder for a project: ${reasonOf(error)}.`, { folder }, error);
  });
  const found = entries.filter((entry) => entry !== '.git');
  if (found.length === 0) return;
  const message = `${folder} is not empty: it has ${found.slice(0, 3).join(', ')}. Name a folder that is, or one that is not there yet.`;
  throw new ProjectError('not-empty', message, { folder });
}
