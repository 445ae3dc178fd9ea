import { Command, Option } from 'commander';
import { positive } from '../parse.js';
import { sweepAction } from '../sweep.js';

export const redisOption = (): Option =>
  new Option(
    '--redis <url>',
    'Redis, such as redis://127.0.0.1:6379; user and password are read from ADIABIT_REDIS_USER and ADIABIT_REDIS_PASSWORD',
  );

export const sweepCommand = (): Command =>
  new Command('sweep')
    .summary('train a project with many settings, and weigh accuracy against size')
    .description(
      'Trains a project in every way that a sweep.config.ts lists or searches: values in its recipe, modes, seeds. Ends in a table and a ' +
        'drawing of accuracy against gates, LUTs, flash and clock cycles. Stop it at any time: the same command goes on where it was. ' +
        'Trials run in processes on this machine or, with --redis, on every machine where "adiabit worker" runs.',
    )
    .argument('[config]', 'the file of the sweep (default: sweep.config.* in this folder)')
    .option('--out <dir>', 'folder for trials and results (default: .adiabit/sweeps/NAME beside the project)')
    .option(
      '--workers <n>',
      'processes that train on this machine (default: as the sweep says, or one a core)',
      positive,
    )
    .addOption(redisOption())
    .addOption(new Option('--slurm <dir>', 'write a job array for Slurm instead, and run nothing').conflicts('redis'))
    .addOption(
      new Option('--trial <id>', 'run one trial in this process, as a task of a job array does').conflicts([
        'redis',
        'slurm',
        'workers',
      ]),
    )
    .option('--json <file>', 'write the results there too')
    .action(sweepAction);
