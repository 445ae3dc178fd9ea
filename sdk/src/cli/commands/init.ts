import { relative } from 'node:path';
import { Command } from 'commander';
import { initProject } from '../../workflow/project/init-project.js';
import { asPath } from '../command-line.js';
import { createTerminal } from '../terminal.js';

export const initCommand = (): Command =>
  new Command('init')
    .summary('begin a project')
    .description(
      'Makes a folder with all that a network needs: a config, recordings to begin with, a test of the circuit, firmware of your own, and a ' +
        'workflow for a CI. The name of the folder is the name of the network.',
    )
    .argument('<folder>', 'the folder, which is made, or is empty')
    .option('--board <board>', 'the board: its id, or a word of its name, such as pico', 'pico')
    .option('--json', 'print the result as JSON')
    .action(async (folder: string, flags: { readonly board: string; readonly json?: boolean }) => {
      const terminal = createTerminal(flags.json === true);
      const made = await initProject({ folder, board: flags.board });
      terminal.say(`${made.name}: ${made.files.length} files for ${made.board}`);
      terminal.say('The recordings in data/ are made up: put your own there when you have some.');
      const place = asPath(relative(process.cwd(), made.folder));
      terminal.say(`next: ${place === '' ? '' : `cd ${place} && `}npm install && npm run build && npm test`);
      terminal.result(made);
    });
