import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdiabitError } from '../errors.js';
import { QemuMonitor } from './qemu-monitor.js';
import { RAM_AT_POWER_ON } from './ram.js';

const START_TIMEOUT_MS = 10_000;
/** QEMU loads no file that is larger than the board's RAM, wherever it goes. */
const LOADED_BYTES = 8192;

/** What QEMU needs to know about each board it emulates. */
const MACHINES = {
  microbit: {
    program: 'qemu-system-arm',
    machine: 'microbit',
    loadAddress: 0,
    /** 2^6 ns of simulated time an instruction: 15.6 MIPS, about what a 16 MHz Cortex-M0 does. */
    instructionShift: 6,
  },
  stm32f405: {
    program: 'qemu-system-arm',
    machine: 'netduinoplus2',
    loadAddress: 0x08000000,
    /** 2^3 ns an instruction: 1.3 cycles of 168 MHz. */
    instructionShift: 3,
  },
  hifive1: {
    program: 'qemu-system-riscv32',
    machine: 'sifive_e',
    loadAddress: 0x20400000,
    /** 2^2 ns an instruction: one cycle of 256 MHz. */
    instructionShift: 2,
  },
} as const;

export type QemuBoardId = keyof typeof MACHINES;

export const QEMU_BOARDS = Object.keys(MACHINES) as readonly QemuBoardId[];

/** Whether a board of boards.json is emulated by QEMU. */
export const isInQemu = (board: string): board is QemuBoardId => board in MACHINES;

/** The program that emulates a board. */
export const qemuProgram = (board: QemuBoardId): string => MACHINES[board].program;

/** A board in QEMU. Its serial port is a real one to the operating system. */
export interface QemuBoard {
  readonly id: QemuBoardId;
  /** Path of the serial port: /dev/pts/N. */
  readonly path: string;
  readonly pid: number;
  /** A copy of `length` bytes of RAM from `address`. @throws Error when QEMU has ended. */
  readRam(address: number, length: number): Promise<Uint8Array>;
  /** Takes the power away for good: nothing is kept, flash included. */
  close(): Promise<void>;
}

export interface QemuOptions {
  readonly board: QemuBoardId;
  /** The firmware, as `adiabit-microbit.bin`. */
  readonly image: Uint8Array;
  /** Where RAM is RAM_AT_POWER_ON, at the start and after every reset; elsewhere QEMU starts with zeros. */
  readonly paint?: { readonly address: number; readonly length: number };
}

/** QEMU names the pseudo-terminal it has opened, on either stream. */
function announcedPath(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new AdiabitError('board.emulator-failed', `${program} did not start: ${why}.`, { output: text }, cause));
    };
    const timer = setTimeout(() => fail('it opened no serial port'), START_TIMEOUT_MS);
    const listen = (bytes: Buffer): void => {
      text += bytes.toString();
      const match = /redirected to (\/dev\/\S+)/.exec(text);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1]);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', (error) => fail(`is ${program} installed?`, error));
    child.once('exit', (status) => fail(text.trim() || `it ended with status ${status ?? 'killed'}`));
  });
}

/**
 * Starts a board in QEMU with the given firmware. Simulated time counts instructions, so the board's own counter does
 * not depend on the host.
 * @throws AdiabitError `board.emulator-failed` when QEMU is missing or refuses.
 */
export async function startQemuBoard(options: QemuOptions): Promise<QemuBoard> {
  const { program, machine, loadAddress, instructionShift } = MACHINES[options.board];
  const folder = mkdtempSync(join(tmpdir(), 'adiabit-qemu-'));
  const load = (bytes: Uint8Array, address: number): readonly string[] =>
    Array.from({ length: Math.ceil(bytes.length / LOADED_BYTES) }, (_, index) => {
      const at = address + index * LOADED_BYTES;
      const path = join(folder, `${at}.bin`);
      writeFileSync(path, bytes.subarray(index * LOADED_BYTES, (index + 1) * LOADED_BYTES));
      return ['-device', `loader,file=${path},addr=${at},force-raw=on`];
    }).flat();
  const { paint } = options;
  const painted = paint ? load(new Uint8Array(paint.length).fill(RAM_AT_POWER_ON), paint.address) : [];
  const child = spawn(
    program,
    [
      ...['-M', machine, '-nographic', '-qmp', 'stdio', '-serial', 'pty', '-icount', `shift=${instructionShift}`],
      ...load(options.image, loadAddress),
      ...painted,
    ],
    { stdio: 'pipe' },
  );
  const monitor = new QemuMonitor(child.stdin, child.stdout);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // QEMU may not listen to SIGTERM while nobody reads its terminal, and it has nothing to save.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let keeper: number | undefined;
  const close = async (): Promise<void> => {
    kill();
    if (child.pid !== undefined) await gone;
    process.removeListener('exit', kill);
    if (keeper !== undefined) closeSync(keeper);
    keeper = undefined;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const path = await announcedPath(child, program);
    // One end that we keep open and never read: QEMU looks for a listener only once a second, and would miss bytes
    // between one that leaves and the next.
    keeper = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    const readRam = async (address: number, length: number): Promise<Uint8Array> => {
      const filename = join(folder, 'ram.bin');
      await monitor.execute('memsave', { val: address, size: length, filename, 'cpu-index': 0 });
      return new Uint8Array(readFileSync(filename));
    };
    return { id: options.board, path, pid: child.pid!, readRam, close };
  } catch (error) {
    await close();
    throw error;
  }
}
