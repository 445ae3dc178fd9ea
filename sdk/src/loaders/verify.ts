import { LoaderError } from './errors.js';
import { hexadecimal } from './hexadecimal.js';

/** Compares what was read back with what was written. @throws LoaderError `loader.verify-failed` naming the first byte that differs */
export function checkSame(address: number, written: Uint8Array, read: Uint8Array): void {
  const index = written.findIndex((byte, at) => byte !== read[at]);
  if (index < 0) return;
  const where = hexadecimal(address + index, 8);
  const message =
    `At ${where} the flash holds ${hexadecimal(read[index], 2)} where ${hexadecimal(written[index], 2)} was written. ` +
    'Write again; if it stays, the flash is worn out or the supply too weak.';
  throw new LoaderError('verify-failed', message, {
    address: address + index,
    written: written[index],
    read: read[index],
  });
}
