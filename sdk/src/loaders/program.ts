import intelHex from 'nrf-intel-hex';
import { hexadecimal } from './hexadecimal.js';
import type { Board } from '../boards/index.js';
import { LoaderError } from './errors.js';

/** The typings declare the class as the property `default`. At run time the module itself is the class. */
const MemoryMap = intelHex as unknown as typeof intelHex.default;

/** Bytes that lie together in flash. */
export interface ProgramPart {
  /** As the core addresses it. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A program as it lies in flash, by rising addresses, without overlaps. */
export type Program = readonly ProgramPart[];

const COLON = 0x3a;
const UF2_MAGIC = [0x55, 0x46, 0x32, 0x0a];

/**
 * Reads an image: Intel HEX, or plain bytes that lie at the board's `loadAddress`.
 * @throws LoaderError `loader.wrong-image` for a UF2 file, for a damaged or empty image, and for one that reaches beyond the board's flash
 */
export function readProgram(board: Board, image: Uint8Array): Program {
  const program = isIntelHex(image) ? readHex(image) : [{ address: board.loadAddress, bytes: image }];
  if (UF2_MAGIC.every((byte, index) => image[index] === byte))
    throw wrongImage('It is a UF2 file, which only a drive takes. Name the .bin or .hex.');
  if (bytesOf(program) === 0) throw wrongImage('It holds nothing.');
  checkInFlash(board, program);
  return program;
}

/** Tells whether an image begins as Intel HEX does. */
export const isIntelHex = (image: Uint8Array): boolean => image.at(0) === COLON;

/** Returns how many bytes a program has. */
export const bytesOf = (program: Program): number => program.reduce((total, { bytes }) => total + bytes.length, 0);

/** @throws LoaderError `loader.wrong-image` if bytes lie outside the board's flash */
export function checkInFlash({ id, flashAddress, flashBytes }: Board, program: Program): void {
  const end = flashAddress + flashBytes;
  const outside = program.find(({ address, bytes }) => address < flashAddress || address + bytes.length > end);
  if (outside === undefined) return;
  const reaches = `${hexadecimal(outside.address)} to ${hexadecimal(outside.address + outside.bytes.length)}`;
  throw wrongImage(`It lies at ${reaches}; the flash of ${id} is ${hexadecimal(flashAddress)} to ${hexadecimal(end)}.`);
}

/**
 * Cuts a program into pieces of one size that begin where such pieces begin; what a piece lacks reads as erased flash.
 * @param from the address from which pieces are counted
 */
export function piecesOf(program: Program, pieceBytes: number, from: number): Program {
  const pieces = new Map<number, Uint8Array>();
  for (const { address, bytes } of program)
    bytes.forEach((byte, index) => {
      const offset = address + index - from;
      const at = from + offset - (offset % pieceBytes);
      const piece = pieces.get(at) ?? new Uint8Array(pieceBytes).fill(0xff);
      piece[offset % pieceBytes] = byte;
      pieces.set(at, piece);
    });
  return [...pieces].sort(([a], [b]) => a - b).map(([address, bytes]) => ({ address, bytes }));
}

function readHex(image: Uint8Array): Program {
  try {
    return [...MemoryMap.fromHex(new TextDecoder().decode(image))].map(([address, bytes]) => ({
      address,
      bytes,
    }));
  } catch (error) {
    throw wrongImage(`It is no whole Intel HEX file: ${(error as Error).message}.`, error);
  }
}

/** @param why sentences */
export const wrongImage = (why: string, cause?: unknown): LoaderError =>
  new LoaderError('wrong-image', `The image cannot be put on this board. ${why}`, {}, cause);
