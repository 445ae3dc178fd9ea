/**
 * Builds the firmware images of all boards and their manifest. The compiler decides every byte, so the manifest names
 * it; a test builds again where the same compiler is installed.
 *
 *     npx tsx sdk/scripts/build-firmware-images.ts
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, publicKeyBytes, readPublicKey } from '../src/signature/index.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const IMAGES = join(FIRMWARE, 'images');
/** The compilers of the families: the prefix of their tools, and the symbols around what is left for the stack. */
const TOOLCHAINS = {
  'cortex-m': { prefix: 'arm-none-eabi-', stack: ['stack_bottom', 'stack_top'] },
  riscv: { prefix: 'riscv64-unknown-elf-', stack: ['stack_bottom', 'stack_top'] },
  avr: { prefix: 'avr-', stack: ['_end', '__stack'] },
} as const;

interface Board {
  readonly id: string;
  readonly family: keyof typeof TOOLCHAINS;
  readonly image: string;
  readonly userImage: string;
  readonly loadAddress: number;
}

const BOARDS = JSON.parse(readFileSync(join(FIRMWARE, 'boards.json'), 'utf8')) as readonly Board[];

export interface ImageEntry {
  readonly board: string;
  /** First line of the compiler's `--version`. */
  readonly compiler: string;
  readonly file: string;
  readonly sha256: string;
  /** The same program for people who flash by hand: drag it onto the board's drive, or give it to a programmer. */
  readonly userFile: string;
  readonly userSha256: string;
  readonly flashBytes: number;
  /** Data that have a place of their own: without the stack. */
  readonly ramBytes: number;
  /** The RAM that the linker script leaves to the stack: its lowest address, and its length. */
  readonly stackAddress: number;
  readonly stackBytes: number;
}

export interface ImageManifest {
  readonly images: readonly ImageEntry[];
}

interface BuiltImage {
  readonly entry: ImageEntry;
  readonly bytes: Uint8Array;
  readonly userBytes: Uint8Array;
}

const run = (command: string, ...parameters: string[]): string =>
  execFileSync(command, parameters, { cwd: FIRMWARE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The compiler that builds the image of a board; undefined when it is not installed. */
export function installedCompiler(boardId: string): string | undefined {
  const board = BOARDS.find(({ id }) => id === boardId);
  try {
    return board && run(`${TOOLCHAINS[board.family].prefix}gcc`, '--version').split('\n')[0].trim();
  } catch {
    return undefined;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Sections of a program that the chip is loaded with, and those that take RAM, in bytes; the stack not counted. */
function sizes(family: Board['family'], elf: string): { flashBytes: number; ramBytes: number } {
  const [ramStart, ramEnd] = RAM[family];
  let flashBytes = 0;
  let ramBytes = 0;
  for (const line of run(`${TOOLCHAINS[family].prefix}readelf`, '-SW', elf).split('\n')) {
    const match = /\] \.\S+\s+(PROGBITS|NOBITS)\s+(\w+) \w+ (\w+) \w+ +W?AX?/.exec(line);
    if (!match) continue;
    const [, kind, address, size] = [match[0], match[1], parseInt(match[2], 16), parseInt(match[3], 16)] as const;
    if (kind === 'PROGBITS') flashBytes += size;
    if (address >= ramStart && address < ramEnd) ramBytes += size;
  }
  return { flashBytes, ramBytes };
}

/** Where RAM is, as the tools of a family number it. */
const RAM = {
  'cortex-m': [0x20000000, 0x30000000],
  riscv: [0x80000000, 0x90000000],
  avr: [0x800000, 0x810000],
} as const;

/** Tools for AVRs number RAM from 0x800000; its first push goes to `__stack` itself. */
function stackOf(family: Board['family'], elf: string): { stackAddress: number; stackBytes: number } {
  const { prefix, stack } = TOOLCHAINS[family];
  const symbols = run(`${prefix}nm`, elf);
  const [bottom, top] = stack.map((name) => {
    const match = new RegExp(`^(\\w+) \\w ${name}$`, 'm').exec(symbols);
    if (!match) throw new Error(`${elf} has no symbol ${name}.`);
    return parseInt(match[1], 16);
  });
  if (family !== 'avr') return { stackAddress: bottom, stackBytes: top - bottom };
  const stackAddress = bottom & 0xffff;
  return { stackAddress, stackBytes: top + 1 - stackAddress };
}

/** The image as the emulators take it, and as people do. */
function imageFiles(board: Board, folder: string): { bytes: Uint8Array; userBytes: Uint8Array } {
  const read = (image: string): Uint8Array =>
    new Uint8Array(readFileSync(resolve(FIRMWARE, folder, `${board.id}${extname(image)}`)));
  return { bytes: read(board.image), userBytes: read(board.userImage) };
}

/**
 * Builds the image of a board into `build`, a folder (relative to firmware-templates, or absolute); with `signedBy`, the file
 * of a public key, one that runs only what that key has signed.
 */
export function buildImage(boardId: string, build: string, signedBy?: string): BuiltImage {
  const board = BOARDS.find(({ id }) => id === boardId);
  const compiler = installedCompiler(boardId);
  if (!board || compiler === undefined) throw new Error(`The compiler for ${boardId} is not installed.`);
  run('make', board.id, `BUILD=${build}`, ...(signedBy === undefined ? [] : [`SIGNED_BY=${signedBy}`]));
  const folder = signedBy === undefined ? build : join(build, signedFolder(readFileSync(signedBy, 'utf8')));
  const { bytes, userBytes } = imageFiles(board, folder);
  const elf = join(folder, `${board.id}.elf`);
  const entry: ImageEntry = {
    board: board.id,
    compiler,
    file: board.image,
    sha256: sha256(bytes),
    userFile: board.userImage,
    userSha256: sha256(userBytes),
    ...sizes(board.family, elf),
    ...stackOf(board.family, elf),
  };
  return { entry, bytes, userBytes };
}

/** Where make puts what it builds for a public key (signature/signature.mk). */
export const signedFolder = (pem: string): string => `signed-by-${fingerprint(publicKeyBytes(readPublicKey(pem)))}`;

export const readManifest = (): ImageManifest =>
  JSON.parse(readFileSync(join(IMAGES, 'manifest.json'), 'utf8')) as ImageManifest;

const main = (): void => {
  const built = BOARDS.map(({ id }) => buildImage(id, 'build'));
  mkdirSync(IMAGES, { recursive: true });
  for (const { entry, bytes, userBytes } of built) {
    writeFileSync(join(IMAGES, entry.file), bytes);
    writeFileSync(join(IMAGES, entry.userFile), userBytes);
    console.log(`${entry.board}: ${entry.flashBytes} bytes of flash, ${entry.ramBytes} bytes of RAM`);
  }
  const manifest: ImageManifest = { images: built.map(({ entry }) => entry) };
  writeFileSync(join(IMAGES, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
