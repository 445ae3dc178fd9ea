/**
 * Builds the firmware images of all boards and their manifest. The compiler decides every byte, so the manifest names
 * it; a test builds again where the same compiler is installed.
 *
 *     npx tsx sdk/scripts/build-firmware-images.ts
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));
const IMAGES = join(FIRMWARE, 'images');
const CROSS = 'arm-none-eabi-';

export interface ImageEntry {
  readonly board: string;
  readonly file: string;
  readonly sha256: string;
  /** The same program for people who flash by hand: drag it onto the board's drive, or give it to a programmer. */
  readonly userFile: string;
  readonly userSha256: string;
  readonly flashBytes: number;
  readonly ramBytes: number;
}

export interface ImageManifest {
  readonly compiler: string;
  readonly images: readonly ImageEntry[];
}

interface BuiltImage {
  readonly entry: ImageEntry;
  readonly bytes: Uint8Array;
  readonly userBytes: Uint8Array;
}

const run = (command: string, ...parameters: string[]): string =>
  execFileSync(command, parameters, { cwd: FIRMWARE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** First line of `arm-none-eabi-gcc --version`; undefined when it is not installed. */
export function installedCompiler(): string | undefined {
  try {
    return run(`${CROSS}gcc`, '--version').split('\n')[0].trim();
  } catch {
    return undefined;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** RP2040 datasheet section 2.8.1.3.1: CRC-32 most significant bit first, start all ones, no final inversion. */
function bootBlockCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

/** Puts the CRC behind the 252 bytes of the boot block. */
function withBootBlockCrc(image: Uint8Array): Uint8Array {
  const finished = image.slice();
  new DataView(finished.buffer).setUint32(252, bootBlockCrc(image.subarray(0, 252)), true);
  return finished;
}

/** UF2 (the format of the drag-and-drop bootloader): 512-byte blocks of 256 bytes payload with their addresses. */
function uf2(image: Uint8Array, address: number, family: number): Uint8Array {
  const count = Math.ceil(image.length / 256);
  const out = new Uint8Array(512 * count);
  const view = new DataView(out.buffer);
  for (let index = 0; index < count; index++) {
    const at = 512 * index;
    const head = [0x0a324655, 0x9e5d5157, 0x00002000, address + 256 * index, 256, index, count, family];
    head.forEach((word, position) => view.setUint32(at + 4 * position, word, true));
    out.set(image.subarray(256 * index, 256 * index + 256), at + 32);
    view.setUint32(at + 508, 0x0ab16f30, true);
  }
  return out;
}

/** Intel HEX: data records of 16 bytes, one extended linear address record for every 64 KiB. */
function intelHex(image: Uint8Array, address: number): Uint8Array {
  const lines: string[] = [];
  const record = (type: number, offset: number, data: Uint8Array): void => {
    const bytes = [data.length, (offset >>> 8) & 0xff, offset & 0xff, type, ...data];
    const checksum = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
    lines.push(`:${[...bytes, checksum].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}`);
  };
  for (let at = 0; at < image.length; at += 16) {
    const target = address + at;
    if (at === 0 || target % 0x10000 === 0) record(4, 0, Uint8Array.of(target >>> 24, (target >>> 16) & 0xff));
    record(0, target & 0xffff, image.subarray(at, at + 16));
  }
  record(1, 0, new Uint8Array(0));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** RAM in use: everything linked into RAM, without the stack. */
function ramBytes(elf: string): number {
  const sections = run(`${CROSS}size`, '-A', elf)
    .split('\n')
    .map((line) => /^(\.\S+)\s+(\d+)\s+(\d+)/.exec(line));
  return sections
    .filter((match) => match !== null && Number(match[3]) >= 0x20000000 && Number(match[3]) < 0x30000000)
    .reduce((sum, match) => sum + Number(match?.[2] ?? 0), 0);
}

const RP2040_FLASH_ADDRESS = 0x10000000;
const RP2040_UF2_FAMILY = 0xe48bff56;

function buildImage(board: 'rp2040' | 'microbit', build: string): BuiltImage {
  run('make', board, `BUILD=${build}`);
  const raw = new Uint8Array(readFileSync(resolve(FIRMWARE, build, `${board}.bin`)));
  const pico = board === 'rp2040';
  const bytes = pico ? withBootBlockCrc(raw) : raw;
  const userBytes = pico ? uf2(bytes, RP2040_FLASH_ADDRESS, RP2040_UF2_FAMILY) : intelHex(bytes, 0);
  const entry: ImageEntry = {
    board,
    file: `adiabit-${board}.bin`,
    sha256: sha256(bytes),
    userFile: `adiabit-${board}.${pico ? 'uf2' : 'hex'}`,
    userSha256: sha256(userBytes),
    flashBytes: bytes.length,
    ramBytes: ramBytes(join(build, `${board}.elf`)),
  };
  return { entry, bytes, userBytes };
}

/** Builds every image into `build`, a folder (relative to firmware-templates, or absolute). */
export const buildImages = (build: string): readonly BuiltImage[] =>
  (['rp2040', 'microbit'] as const).map((board) => buildImage(board, build));

export const readManifest = (): ImageManifest =>
  JSON.parse(readFileSync(join(IMAGES, 'manifest.json'), 'utf8')) as ImageManifest;

const main = (): void => {
  const compiler = installedCompiler();
  if (compiler === undefined) throw new Error(`${CROSS}gcc is not installed; it builds the images.`);
  const built = buildImages('build');
  mkdirSync(IMAGES, { recursive: true });
  for (const { entry, bytes, userBytes } of built) {
    writeFileSync(join(IMAGES, entry.file), bytes);
    writeFileSync(join(IMAGES, entry.userFile), userBytes);
    console.log(`${entry.board}: ${entry.flashBytes} bytes of flash, ${entry.ramBytes} bytes of RAM`);
  }
  const manifest: ImageManifest = { compiler, images: built.map(({ entry }) => entry) };
  writeFileSync(join(IMAGES, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
