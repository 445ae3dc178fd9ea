import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRMWARE_FOLDER, type Board } from './catalogue.js';
import type { BuiltImage, ImageEntry } from './build-image.js';
import { imagesFolder } from './images.js';

/** What is known of the images in a folder: `images/manifest.json`. */
export interface ImageManifest {
  readonly images: readonly ImageEntry[];
}

const manifestOf = (home: string): string => join(home, 'images', 'manifest.json');

/**
 * Reads the manifest of a folder of boards, of those that come with Adiabit if absent; empty if nothing has been built
 * there.
 */
export function readManifest(home: string = FIRMWARE_FOLDER): ImageManifest {
  const path = manifestOf(home);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ImageManifest) : { images: [] };
}

/** Returns what is known of the image of a board; undefined if none has been built. */
export const imageEntry = ({ id, home }: Board): ImageEntry | undefined =>
  readManifest(home).images.find(({ board }) => board === id);

/** Puts a built image into the images of its board, in place of the one before. */
export function keepImage(board: Board, { entry, bytes, userBytes }: BuiltImage): void {
  const folder = imagesFolder(board);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, entry.file), bytes);
  writeFileSync(join(folder, entry.userFile), userBytes);
  const { images } = readManifest(board.home);
  const isNew = images.every((one) => one.board !== entry.board);
  const manifest: ImageManifest = {
    images: isNew ? [...images, entry] : images.map((one) => (one.board === entry.board ? entry : one)),
  };
  writeFileSync(manifestOf(board.home), `${JSON.stringify(manifest, null, 2)}\n`);
}
