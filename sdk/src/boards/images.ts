import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '@adiabit/simulator/boards';
import { FIRMWARE_FOLDER, type Board } from './catalogue.js';
import { BoardError } from './errors.js';

/** Returns the name of the image that a programmer or an emulator takes: a plain program, on an AVR in Intel HEX. */
export const imageName = ({ id, family }: Board): string => `adiabit-${id}.${family === 'avr' ? 'hex' : 'bin'}`;

/** Returns the name of the image for people who flash by hand: for a drive, or for a programmer. */
export const userImageName = ({ id, build }: Board): string => `adiabit-${id}.${build.uf2 ? 'uf2' : 'hex'}`;

export const imagesFolder = ({ home }: Board): string => join(home, 'images');

/** Reads the prebuilt image of a board. @throws BoardError `board.not-built` if there is none */
export async function readImage(board: Board): Promise<Uint8Array> {
  const path = join(imagesFolder(board), imageName(board));
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const message = `The firmware of ${board.id} has not been built: there is no ${path}.`;
    const boards = board.home === FIRMWARE_FOLDER ? {} : { boards: board.home };
    throw new BoardError('not-built', message, { board: board.id, path, ...boards }, error);
  }
}

/**
 * Returns what the emulator of a board wants to know of it.
 * @throws BoardError `board.no-emulator` if its entry names none
 */
export function machineOf(board: Board): Machine {
  const { id, clockHz, baudRate, flashBytes, loadAddress, emulator } = board;
  if (emulator === undefined)
    throw new BoardError('no-emulator', `The board ${id} has no emulator. Connect it, and name its port.`, {
      board: id,
    });
  return { id, clockHz, baudRate, flashBytes, loadAddress, emulator };
}
