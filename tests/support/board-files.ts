import { join } from 'node:path';
import type { Emulator, Machine, QemuEmulator } from '@adiabit/simulator/boards';
import { FIRMWARE_FOLDER, boardNamed, readyBoards, type Board } from '../../sdk/src/boards/catalogue.js';
import { imageName, imagesFolder, machineOf } from '../../sdk/src/boards/images.js';

export type { Board as BoardEntry } from '../../sdk/src/boards/catalogue.js';

/** The boards that have an image. */
export const boardEntries = (): readonly Board[] => readyBoards();

export const boardEntry = (id: string): Board => boardNamed(id);

/** Path of the committed image of a board. */
export const imageOf = (id: string): string => imageOfBoard(boardEntry(id));

export const imageOfBoard = (board: Board): string => join(imagesFolder(board), imageName(board));

export const imagePath = (file: string): string => join(FIRMWARE_FOLDER, 'images', file);

/** What QEMU has to know of a board. */
export const qemuMachine = (id: string): Machine<QemuEmulator> => machineOf(boardEntry(id)) as Machine<QemuEmulator>;

/** What an emulator of this process has to know of a board. */
export const machine = (id: string): Machine<Exclude<Emulator, QemuEmulator>> =>
  machineOf(boardEntry(id)) as Machine<Exclude<Emulator, QemuEmulator>>;
