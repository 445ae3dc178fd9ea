import { Command } from 'commander';
import { keyHeaderCommand } from './header.js';
import { keyNewCommand } from './new.js';
import { keyRotateCommand } from './rotate.js';
import { keySendCommand } from './send.js';
import { keyShowCommand } from './show.js';

export const keyCommand = (): Command =>
  new Command('key')
    .summary('make keys, show them, and say which ones devices trust')
    .description('Keys that sign circuits (Ed25519), and the tables of those that firmware trusts. docs/security.md')
    .addCommand(keyNewCommand())
    .addCommand(keyShowCommand())
    .addCommand(keyHeaderCommand())
    .addCommand(keyRotateCommand())
    .addCommand(keySendCommand());
