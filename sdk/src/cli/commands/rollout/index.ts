import { Command } from 'commander';
import { rolloutControlCommand } from './control.js';
import { rolloutCreateCommand } from './create.js';
import { rolloutStartCommand } from './start.js';
import { rolloutStatusCommand } from './status.js';

export const rolloutCommand = (): Command =>
  new Command('rollout')
    .summary('put a circuit on a fleet, group by group')
    .description('Rollouts over MQTT, for boards behind "adiabit gateway". docs/guides/rollouts.md')
    .addCommand(rolloutCreateCommand())
    .addCommand(rolloutStartCommand())
    .addCommand(rolloutControlCommand('pause', 'begin no more boards', 'Boards that are in the middle of it go on.'))
    .addCommand(
      rolloutControlCommand(
        'resume',
        'go on',
        'Whatever has failed so far is accepted, and counts no more against the thresholds.',
      ),
    )
    .addCommand(rolloutControlCommand('approve', 'let the next group begin', 'For groups that wait for approval.'))
    .addCommand(
      rolloutControlCommand(
        'abort',
        'end it for good',
        'Takes back what boards have not come to yet; those that are done keep the circuit.',
      ),
    )
    .addCommand(rolloutStatusCommand());
