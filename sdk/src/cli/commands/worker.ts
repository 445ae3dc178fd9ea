import { Command } from 'commander';
import { positive } from '../parse.js';
import { workerAction } from '../worker.js';
import { redisOption } from './sweep.js';

export const workerCommand = (): Command =>
  new Command('worker')
    .summary('train on this machine what sweeps on others ask for')
    .description(
      'Takes trials of "adiabit sweep --redis" from the queue, and trains them one after the other until it is stopped. Start as many as ' +
        'you like, on as many machines: each needs the data of the project, at the same paths in its folder. A worker may be killed at any ' +
        'time: its trials go on elsewhere from their last epochs.',
    )
    .addOption(redisOption().makeOptionMandatory())
    .option('--workers <n>', 'trials at the same time', positive, 1)
    .option('--folder <dir>', 'the folder that paths of the project count from', '.')
    .option('--work <dir>', 'folder for what is being trained', '.adiabit/worker')
    .option('--shared <dir>', 'the same, in a folder that all workers share: checkpoints do not go through Redis then')
    .action(workerAction);
