import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DeviceDescription } from '../device/index.js';
import type { BoardPlace } from '../workflow/index.js';
import { isVirtual } from '../workflow/boards.js';

/**
 * Says where a device is. An emulated board keeps its flash between commands, as a real one does, in a file of the user (in ADIABIT_HOME,
 * or .adiabit in the home folder).
 */
export function placeOf(port: string, baudRate: number | undefined): BoardPlace {
  if (!isVirtual(port)) return { port, baudRate };
  const folder = join(process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit'), 'boards');
  return { port, flashFile: join(folder, `${port.slice('virtual:'.length)}.flash`) };
}

/** What a board does about signatures, said in the same words by every command. */
export const signatureNote = ({ checksSignatures }: DeviceDescription): string =>
  checksSignatures ? 'runs only what its key has signed' : 'checks no signatures';
