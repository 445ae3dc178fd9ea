import { homedir } from 'node:os';
import { join } from 'node:path';
import { freshVirtualPorts, VIRTUAL_PREFIX, type DeviceDescription } from '../device/index.js';
import type { BoardPlace } from '../workflow/index.js';
import { isVirtual } from '../workflow/boards.js';

/** What tells a command how to reach a board. */
export interface BoardAccess {
  readonly baud?: number;
  readonly boards?: string;
}

/** The folder of the user for what commands keep: ADIABIT_HOME, or .adiabit in the home folder. */
export const homeFolder = (): string => process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit');

/**
 * Says where a device is. An emulated board keeps its flash between commands, as a real one does, in a file of the user
 * (in ADIABIT_HOME, or .adiabit in the home folder).
 */
export function placeOf(port: string, { baud: baudRate, boards }: BoardAccess): BoardPlace {
  if (!isVirtual(port)) return { port, baudRate, boards };
  const folder = join(homeFolder(), 'boards');
  return { port, boards, flashFile: join(folder, `${port.slice(VIRTUAL_PREFIX.length)}.flash`) };
}

/** Lists the boards that have an emulator. @throws BoardError as `readBoards` does */
export const emulatedBoards = (folder?: string): readonly string[] =>
  freshVirtualPorts(folder)
    .list()
    .map(({ boardId }) => boardId);

/** Returns what a board says that it does about signatures, in the same words in every command. Nothing but the board vouches for it. */
export function signatureNote({ checksSignatures, trust }: DeviceDescription): string {
  if (!checksSignatures) return 'checks no signatures';
  if (trust === undefined) return 'says that it runs only what its key has signed';
  const { product, keyIds, securityCounter, tableVersion } = trust;
  const keys = `${keyIds.length === 1 ? 'key' : 'keys'} ${keyIds.join(' or ')}`;
  const table = tableVersion === 0 ? '' : ` (key table ${tableVersion})`;
  return `says that it runs only what ${keys} signed for ${product}, from security counter ${securityCounter} on${table}`;
}
