/** Boards that run the real firmware image without hardware. Node only. */
export type { EmulatedBoard } from './board.js';
export type { InProcessBoard } from './in-process-board.js';
export { startAvrBoard, type AvrBoardId, type AvrOptions } from './avr.js';
export { RAM_AT_POWER_ON, stackHighWater } from './ram.js';
export { startRp2040, type Rp2040Options } from './rp2040.js';
export {
  QEMU_BOARDS,
  isInQemu,
  qemuProgram,
  startQemuBoard,
  type QemuBoard,
  type QemuBoardId,
  type QemuOptions,
} from './qemu.js';
