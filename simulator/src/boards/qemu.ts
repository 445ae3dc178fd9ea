import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdiabitError } from '../errors.js';
import { QemuMonitor } from './qemu-monitor.js';
import { RAM_AT_POWER_ON } from './ram.js';

const QEMU = 'qemu-system-arm';
const START_TIMEOUT_MS = 10_000;

/** What QEMU needs to know about each board it emulates. */
const MACHINES = {
  microbit: {
    machine: 'microbit',
    loadAddress: 0,
    /** 2^6 ns of simulated time an instruction: 15.6 MIPS, about what a 16 MHz Cortex-M0 does. */
    instructionShift: 6,
  },
  stm32f405: {
    machine: 'netduinoplus2',
    loadAddress: 0x08000000,
    /** 2^3 ns an instruction: 1.3 cycles of 168 MHz. */
    instructionShift: 3,
  },
} as const;

export type QemuBoardId = keyof typeof MACHINES;

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
function announcedPath(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new AdiabitError('board.emulator-failed', `${QEMU} did not start: ${why}.`, { output: text }, cause));
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
    child.once('error', (error) => fail(`is ${QEMU} installed?`, error));
    child.once('exit', (status) => fail(text.trim() || `it ended with status ${status ?? 'killed'}`));
  });
}

/**
 * Starts a board in QEMU with the given firmware. Simulated time counts instructions, so the board's own counter does
 * not depend on the host.
 * @throws AdiabitError `board.emulator-failed` when QEMU is missing or refuses.
 */
export async function startQemuBoard(options: QemuOptions): Promise<QemuBoard> {
  const { machine, loadAddress, instructionShift } = MACHINES[options.board];
  const folder = mkdtempSync(join(tmpdir(), 'adiabit-qemu-'));
  const imagePath = join(folder, 'image.bin');
  writeFileSync(imagePath, options.image);
  const loader = (path: string, address: number): readonly string[] => [
    ...['-device', `loader,file=${path},addr=${address},force-raw=on`],
  ];
  const painted: string[] = [];
  if (options.paint) {
    const paintPath = join(folder, 'paint.bin');
    writeFileSync(paintPath, new Uint8Array(options.paint.length).fill(RAM_AT_POWER_ON));
    painted.push(...loader(paintPath, options.paint.address));
  }
  const child = spawn(
    QEMU,
    [
      ...['-M', machine, '-nographic', '-qmp', 'stdio', '-serial', 'pty', '-icount', `shift=${instructionShift}`],
      ...loader(imagePath, loadAddress),
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
    const path = await announcedPath(child);
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
