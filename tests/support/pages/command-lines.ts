import type { Command } from 'commander';
import { createProgram } from '../../../sdk/src/cli/program.js';

/** Returns the lines of a script that call `adiabit`, as words. */
export const adiabitLines = (script: string): readonly (readonly string[])[] =>
  script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => /^(?:\w+\$ +)?(?:npx )?adiabit ([^#|>&]*)/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line) => line.trim().split(/\s+/));

export const commandNames = (): readonly string[] => createProgram().commands.map((command) => command.name());

function withoutActions(command: Command): void {
  if (command.commands.length === 0) command.action(() => undefined);
  command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  command.commands.forEach(withoutActions);
}

/** Throws where the command line does not take these words. Nothing is done. */
export async function parseOnly(words: readonly string[]): Promise<void> {
  const program = createProgram();
  withoutActions(program);
  await program.parseAsync(words, { from: 'user' });
}
