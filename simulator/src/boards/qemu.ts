import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdiabitError } from '../errors.js';
import type { EmulatedBoard } from './board.js';
import { flashFrom } from './flash.js';
import type { Machine, QemuEmulator } from './machine.js';
import { writeMemoryAndRun } from './qemu-debugger.js';
import { QemuMonitor } from './qemu-monitor.js';
import { RAM_AT_POWER_ON } from './ram.js';

const START_TIMEOUT_MS = 10_000;
/** The largest file to load. QEMU loads no file that is larger than the board's RAM, at any address. */
const LOADED_BYTES = 8192;

/** A board in QEMU. To the operating system its serial port is a real one. */
export interface QemuBoard extends EmulatedBoard {
  /** The path of the serial port: /dev/pts/N. */
  readonly path: string;
  readonly pid: number;
  /**
   * Copies RAM.
   * @throws Error if QEMU has ended
   */
  readRam(address: number, length: number): Promise<Uint8Array>;
  readFlash(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface QemuOptions {
  /** The firmware, as `adiabit-microbit.bin`. */
  readonly image: Uint8Array;
  /** The flash of an earlier board (`readFlash()`). If absent, the memory is as QEMU starts it. */
  readonly flash?: Uint8Array;
  /**
   * The RAM that is filled with RAM_AT_POWER_ON at the start and after every reset. Elsewhere QEMU starts with zeros.
   */
  readonly paint?: { readonly address: number; readonly length: number };
}

/** Waits for QEMU to print the path of its pseudo-terminal, on either stream. */
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
 * Starts a board in QEMU with the given firmware. Simulated time counts instructions, so the board's counter does not
 * depend on the host.
 * @throws AdiabitError `board.emulator-failed` if QEMU is missing or refuses; FormatError if `flash` belongs to another
 *   board
 */
export async function startQemuBoard(machine: Machine<QemuEmulator>, options: QemuOptions): Promise<QemuBoard> {
  const { id, baudRate, emulator } = machine;
  const { program, kept } = emulator;
  const { image, paint } = options;
  const flash = options.flash && keptMemory(machine, options.flash, image);
  const folder = mkdtempSync(join(tmpdir(), 'adiabit-qemu-'));
  const debuggerSocket = join(folder, 'gdb');
  const child = spawn(
    program,
    [
      ...machineFlags(emulator),
      ...loaderFlags(folder, image, machine.loadAddress),
      ...(paint ? loaderFlags(folder, new Uint8Array(paint.length).fill(RAM_AT_POWER_ON), paint.address) : []),
      ...(flash ? ['-S', '-gdb', `unix:${debuggerSocket},server=on,wait=off`] : []),
    ],
    { stdio: 'pipe' },
  );
  const monitor = new QemuMonitor(child.stdin, child.stdout);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // QEMU may not handle SIGTERM while its terminal is not read, and it has nothing to save.
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
    // This end stays open and is never read. QEMU looks for a listener only once a second, and would lose bytes between
    // two listeners.
    keeper = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    if (flash) {
      // The monitor answers once QEMU listens on all its channels.
      await monitor.execute('query-status', {});
      await writeMemoryAndRun(debuggerSocket, kept.address, flash);
    }
    const readRam = async (address: number, length: number): Promise<Uint8Array> => {
      const filename = join(folder, 'memory.bin');
      await monitor.execute('memsave', { val: address, size: length, filename, 'cpu-index': 0 });
      return new Uint8Array(readFileSync(filename));
    };
    const readFlash = (): Promise<Uint8Array> => readRam(kept.address, kept.bytes);
    return { id, baudRate, path, pid: child.pid!, readRam, readFlash, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const machineFlags = ({ machine, cpu, uart = 0, instructionShift }: QemuEmulator): readonly string[] => [
  ...['-M', machine, '-bios', 'none', '-nographic', '-qmp', 'stdio'],
  ...Array.from({ length: uart }, () => ['-serial', 'null']).flat(),
  ...['-serial', 'pty', '-icount', `shift=${instructionShift}`],
  ...(cpu === undefined ? [] : ['-cpu', cpu]),
];

/** Gives the flags with which QEMU loads bytes at an address, at the start and after every reset. */
const loaderFlags = (folder: string, bytes: Uint8Array, address: number): readonly string[] =>
  Array.from({ length: Math.ceil(bytes.length / LOADED_BYTES) }, (_, index) => {
    const at = address + index * LOADED_BYTES;
    const path = join(folder, `${at}.bin`);
    writeFileSync(path, bytes.subarray(index * LOADED_BYTES, (index + 1) * LOADED_BYTES));
    return ['-device', `loader,file=${path},addr=${at},force-raw=on`];
  }).flat();

/** Gives the kept memory, with the current program where that is in the same memory. */
function keptMemory(
  { id, loadAddress, emulator }: Machine<QemuEmulator>,
  earlier: Uint8Array,
  image: Uint8Array,
): Uint8Array {
  const { address, bytes } = emulator.kept;
  const memory = flashFrom(earlier, bytes, id);
  const offset = loadAddress - address;
  if (offset >= 0 && offset + image.length <= bytes) memory.set(image, offset);
  return memory;
}
