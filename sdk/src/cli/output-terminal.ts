import type { Command } from 'commander';
import { refuseClashes, type CommandPaths } from './paths.js';
import { createTerminal, type Terminal } from './terminal.js';

/** Opens the terminal of a command that writes files: once its paths do not clash, and not on a standard output that is one of them. */
export async function outputTerminal(command: Command, paths: CommandPaths): Promise<Terminal> {
  const stdoutIsTaken = await refuseClashes(command, paths);
  return createTerminal(paths.json === true, stdoutIsTaken);
}
