import { join } from 'node:path';
import { Command } from 'commander';
import { FIRMWARE_FOLDER, boardNamed, buildImage, isOwnFolder, keepImage, newBoard } from '../../boards/index.js';
import { asPath, commandLine, option } from '../command-line.js';
import { boardsOption } from '../parse.js';
import { bytes } from '../../text/format.js';
import { createTerminal } from '../terminal.js';

interface NewBoardFlags {
  readonly like: string;
  readonly boards?: string;
  readonly name?: string;
  readonly json?: boolean;
}

export const newBoardCommand = (): Command =>
  new Command('new-board')
    .summary('add a board, made like one that there is')
    .description(
      'Copies the port of another board (ports/ID) and its entry in boards.json under a new id. The copy is a board at once: change ' +
        'its numbers and its C sources until they say what yours is, then build-board and check-board. docs/guides/add-a-board.md',
    )
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .requiredOption('--like <id>', 'the board that it is made like')
    .addOption(boardsOption())
    .option('--name <name>', 'what people call it')
    .option('--json', 'print the result as JSON')
    .action((id: string, flags: NewBoardFlags) => {
      const terminal = createTerminal(flags.json === true);
      const folder = flags.boards ?? FIRMWARE_FOLDER;
      const { home } = newBoard({
        id,
        folder,
        like: flags.like,
        ...(flags.name === undefined ? {} : { name: flags.name }),
      });
      const [entry, port] = [join(home, 'boards.json'), join(home, 'ports', id)];
      terminal.say(`${id}: an entry in ${entry}, and ${port}`);
      const own = isOwnFolder(home);
      if (own) terminal.say('next, after every change of the entry: npm run generate');
      const also = own ? [] : option('--boards', asPath(home));
      terminal.say(`next: ${commandLine(['adiabit', 'build-board', id, ...also])}`);
      terminal.say(`then: ${commandLine(['adiabit', 'check-board', '--port', `virtual:${id}`, ...also])}`);
      terminal.result({ board: id, entry, port });
    });

export const buildBoardCommand = (): Command =>
  new Command('build-board')
    .summary('build the firmware of a board')
    .description(
      'Writes the header of a board from its entry in boards.json, compiles and links its firmware with the compiler of its family, and ' +
        'puts the images, and what is known of them, into images/ beside the entry.',
    )
    .argument('<id>', 'a board of boards.json')
    .addOption(boardsOption())
    .option('--json', 'print the result as JSON')
    .action((id: string, flags: { boards?: string; json?: boolean }) => {
      const terminal = createTerminal(flags.json === true);
      const board = boardNamed(id, flags.boards);
      terminal.say(`compiling the firmware of ${board.name}`);
      const built = buildImage(board, { build: join(board.home, 'build') });
      keepImage(board, built);
      const { file, userFile, flashBytes, ramBytes, stackBytes } = built.entry;
      terminal.say(`${id}: ${join(board.home, 'images', file)}; for people ${userFile}`);
      terminal.say(
        `  ${bytes(flashBytes)} of flash, ${bytes(ramBytes)} of RAM, ${bytes(stackBytes)} left to the stack`,
      );
      terminal.result(built.entry);
    });
