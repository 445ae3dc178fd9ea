import { startAvrBoard } from './avr.js';
import type { EmulatedBoard } from './board.js';
import type { InProcessBoard, InProcessStart } from './in-process-board.js';
import type { Emulator, Machine, QemuEmulator } from './machine.js';
import { startQemuBoard, type QemuOptions } from './qemu.js';
import { startRp2040 } from './rp2040.js';

export const isInQemu = (machine: Machine): machine is Machine<QemuEmulator> => machine.emulator.kind === 'qemu';

/** Tells whether the board runs in this process, so that it has a clock and a line of its own. */
export const isInProcess = (board: EmulatedBoard): board is InProcessBoard => 'cycles' in board;

/**
 * Starts a board whose emulator is part of this process.
 * @throws FormatError if the image is invalid or the flash belongs to another board
 */
export function startInProcess(
  machine: Machine<Exclude<Emulator, QemuEmulator>>,
  start: InProcessStart,
): InProcessBoard {
  const { emulator } = machine;
  return emulator.kind === 'rp2040js'
    ? startRp2040({ ...machine, emulator }, start)
    : startAvrBoard({ ...machine, emulator }, start);
}

/**
 * Starts a board in its emulator: powers it on with its firmware, and with the flash of an earlier board if there is
 * one.
 * @throws FormatError if the image is invalid or the flash belongs to another board; AdiabitError
 *   `board.emulator-failed` if QEMU is missing or refuses
 */
export async function startBoard(machine: Machine, start: QemuOptions & InProcessStart): Promise<EmulatedBoard> {
  const { emulator } = machine;
  if (emulator.kind === 'qemu') return startQemuBoard({ ...machine, emulator }, start);
  return startInProcess({ ...machine, emulator }, start);
}
