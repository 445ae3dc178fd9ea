/**
 * Builds the firmware images of all boards that come with Adiabit, and their manifest. The compiler decides every byte, so the
 * manifest names it; a test builds again where the same compiler is installed.
 *
 *     npx tsx sdk/scripts/build-firmware-images.ts
 */
import { fileURLToPath } from 'node:url';
import { buildImage as build, compilerOf, type BuiltImage } from '../src/boards/build-image.js';
import { boardNamed, readyBoards } from '../src/boards/catalogue.js';
import { keepImage } from '../src/boards/manifest.js';

export { signedFolder, type ImageEntry } from '../src/boards/build-image.js';
export { readManifest } from '../src/boards/manifest.js';

/** The compiler that builds the image of a board; undefined when it is not installed. */
export const installedCompiler = (boardId: string): string | undefined => compilerOf(boardNamed(boardId));

/** Builds the image of a board into a folder; with `keys`, a header of keys, one that runs only what they have signed. */
export const buildImage = (boardId: string, folder: string, keys?: string): BuiltImage =>
  build(boardNamed(boardId), { build: folder, ...(keys === undefined ? {} : { keys }) });

const main = (): void => {
  for (const board of readyBoards()) {
    const built = build(board, { build: 'build' });
    keepImage(board, built);
    const { flashBytes, ramBytes } = built.entry;
    console.log(`${board.id}: ${flashBytes} bytes of flash, ${ramBytes} bytes of RAM`);
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
