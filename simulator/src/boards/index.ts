/** Boards that run the real firmware image without hardware. Node only. */
export type { EmulatedBoard } from './board.js';
export type { InProcessBoard, InProcessStart } from './in-process-board.js';
export type { Emulator, Machine, QemuEmulator, Rp2040Emulator } from './machine.js';
export type { AvrEmulator } from './avr-chip-data.js';
export { RAM_AT_POWER_ON, stackHighWater } from './ram.js';
export { startQemuBoard, type QemuBoard, type QemuOptions } from './qemu.js';
export { isInProcess, isInQemu, startBoard, startInProcess } from './start.js';
