/** Boards as data: what Adiabit knows of them before it meets one, and how one is added. */
export { boardNamed, readBoards, readyBoards, FIRMWARE_FOLDER, type Board } from './catalogue.js';
export { chipIdBytes, emulatedSlotBytes, type BoardEntry } from './entry.js';
export { BoardError, type BoardErrorKind } from './errors.js';
export { imageName, imagesFolder, machineOf, readImage, userImageName } from './images.js';
export { buildImage, compilerOf, type BuildOptions, type BuiltImage, type ImageEntry } from './build-image.js';
export { isOwnFolder, newBoard, type NewBoard } from './new-board.js';
export { imageEntry, keepImage, readManifest, type ImageManifest } from './manifest.js';
