import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { FIRMWARE_FOLDER, type Board } from './catalogue.js';
import { BoardError } from './errors.js';
import { boardHeader } from './header.js';
import { imageName, userImageName } from './images.js';
import { boardsForMake } from './make-list.js';
import { programSizes, type ProgramSizes } from './program-sizes.js';

/** What is known of an image that has been built: a line of `images/manifest.json`. */
export interface ImageEntry extends ProgramSizes {
  readonly board: string;
  /** First line of the compiler's `--version`. */
  readonly compiler: string;
  readonly file: string;
  readonly sha256: string;
  /** The same program for people who flash by hand: drag it onto the board's drive, or give it to a programmer. */
  readonly userFile: string;
  readonly userSha256: string;
}

export interface BuiltImage {
  readonly entry: ImageEntry;
  readonly bytes: Uint8Array;
  readonly userBytes: Uint8Array;
}

export interface BuildOptions {
  /** Folder for what is built on the way; relative to the firmware, or absolute. */
  readonly build: string;
  /** Header of the product and its keys: the firmware then runs only what those keys have signed. */
  readonly keys?: string;
}

const run = (command: string, ...parameters: readonly string[]): string =>
  execFileSync(command, parameters, { cwd: FIRMWARE_FOLDER, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Returns the prefix of the names of the tools that build for a board, such as `arm-none-eabi-`. */
export function toolPrefix({ family }: Board): string {
  const { families } = JSON.parse(readFileSync(join(FIRMWARE_FOLDER, 'build.json'), 'utf8')) as {
    readonly families: Readonly<Record<string, { readonly prefix: string }>>;
  };
  return families[family].prefix;
}

/** Returns the compiler that builds the image of a board; undefined when it is not installed. */
export function compilerOf(board: Board): string | undefined {
  try {
    return run(`${toolPrefix(board)}gcc`, '--version')
      .split('\n')[0]
      .trim();
  } catch {
    return undefined;
  }
}

/** Tells where make puts what it builds for a header of keys (signature/signature.mk). */
export const signedFolder = (header: Uint8Array): string => `signed-by-${sha256(header).slice(0, 16)}`;

/**
 * Builds the firmware of a board. Of a board from elsewhere, its header and the list for make are written first.
 * @throws BoardError `board.not-built` with the words of make or of the compiler
 */
export function buildImage(board: Board, { build, keys }: BuildOptions): BuiltImage {
  const compiler = compilerOf(board);
  if (compiler === undefined)
    throw notBuilt(
      board,
      `its compiler, ${toolPrefix(board)}gcc, is not installed. "adiabit doctor" says how to get it.`,
    );
  const target = resolve(FIRMWARE_FOLDER, build);
  const header = keys === undefined ? [] : [`KEYS=${keys}`];
  make(board, [board.id, `BUILD=${target}`, ...header, ...moreBoards(board, target)]);
  const folder = keys === undefined ? target : join(target, signedFolder(readFileSync(keys)));
  const read = (image: string): Uint8Array =>
    new Uint8Array(readFileSync(join(folder, `${board.id}${extname(image)}`)));
  const [bytes, userBytes] = [read(imageName(board)), read(userImageName(board))];
  const entry: ImageEntry = {
    board: board.id,
    compiler,
    file: imageName(board),
    sha256: sha256(bytes),
    userFile: userImageName(board),
    userSha256: sha256(userBytes),
    ...programSizes(board.family, toolPrefix(board), join(folder, `${board.id}.elf`)),
  };
  return { entry, bytes, userBytes };
}

/** Returns the variables by which make builds a board that it does not know: its header and the name of its list. */
function moreBoards(board: Board, build: string): readonly string[] {
  if (board.home === FIRMWARE_FOLDER) return [];
  if (/\s/.test(board.home + build))
    throw notBuilt(board, `make takes no path with a space in it, such as ${board.home}. Move the folder.`);
  writeFileSync(join(board.home, 'ports', board.id, 'board.h'), boardHeader(board));
  mkdirSync(build, { recursive: true });
  const list = join(build, `${board.id}.mk`);
  writeFileSync(list, boardsForMake([board]).join('\n') + '\n');
  return [`MORE_BOARDS=${list}`];
}

function make(board: Board, parameters: readonly string[]): void {
  try {
    run('make', '-s', ...parameters);
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw notBuilt(board, (stderr ?? message).trim(), error);
  }
}

const notBuilt = ({ id }: Board, why: string, cause?: unknown): BoardError =>
  new BoardError('not-built', `The firmware of ${id} was not built: ${why}`, { board: id }, cause);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
