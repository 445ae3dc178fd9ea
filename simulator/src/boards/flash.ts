import { FormatError } from '../errors.js';

/**
 * Gives the flash that a board starts with: a copy of an earlier board's, or erased flash.
 * @throws FormatError `format.bad-value` if the earlier flash has another size, and so belongs to another board
 */
export function flashFrom(earlier: Uint8Array | undefined, flashBytes: number, board: string): Uint8Array {
  if (earlier === undefined) return new Uint8Array(flashBytes).fill(0xff);
  if (earlier.length === flashBytes) return Uint8Array.from(earlier);
  throw new FormatError(
    'bad-value',
    `The flash to start from has ${earlier.length} bytes, that of the board ${board} ${flashBytes}.`,
    { need: flashBytes, have: earlier.length },
  );
}
