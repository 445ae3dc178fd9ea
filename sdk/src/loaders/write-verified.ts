import { LoaderError } from './errors.js';
import { hexadecimal } from './hexadecimal.js';
import type { Program } from './program.js';
import type { LoaderPhase } from './progress.js';

/** Flash that is written and read in pieces. */
export interface Flash {
  write(address: number, bytes: Uint8Array): Promise<void>;
  read(address: number, count: number): Promise<Uint8Array>;
}

/**
 * Writes all pieces, then reads all back and compares.
 * @param progress is told after every piece how many bytes a phase has done
 * @throws LoaderError `loader.verify-failed` naming the first byte that differs; as `flash` does
 */
export async function writeVerified(
  flash: Flash,
  pieces: Program,
  progress: (phase: LoaderPhase, bytes: number) => void,
): Promise<void> {
  await forEach('write', ({ address, bytes }) => flash.write(address, bytes));
  await forEach('verify', async ({ address, bytes }) =>
    checkSame(address, bytes, await flash.read(address, bytes.length)),
  );

  async function forEach(phase: LoaderPhase, work: (piece: Program[number]) => Promise<void>): Promise<void> {
    let done = 0;
    progress(phase, 0);
    for (const piece of pieces) {
      await work(piece);
      progress(phase, (done += piece.bytes.length));
    }
  }
}

function checkSame(address: number, written: Uint8Array, read: Uint8Array): void {
  const index = written.findIndex((byte, at) => byte !== read[at]);
  if (index < 0) return;
  const message =
    `At ${hexadecimal(address + index, 8)} the flash holds ${hexadecimal(read[index], 2)} where ${hexadecimal(written[index], 2)} was ` +
    'written. Write again; if it stays, the flash is worn out or the supply too weak.';
  throw new LoaderError('verify-failed', message, {
    address: address + index,
    written: written[index],
    read: read[index],
  });
}
