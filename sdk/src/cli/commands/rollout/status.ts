import { Command } from 'commander';
import { FleetError } from '../../../fleet/errors.js';
import { printRollout, sayRollout } from '../../print/rollout.js';
import { createTerminal } from '../../terminal.js';
import { withBroker, type BrokerFlags } from '../fleet/broker-options.js';
import { withFleet } from './with-fleet.js';

interface StatusFlags extends BrokerFlags {
  readonly json?: boolean;
}

export const rolloutStatusCommand = (): Command =>
  withBroker(new Command('status'))
    .summary('how far a rollout is, or which there are')
    .description('Reads what the broker has retained; it changes nothing.')
    .argument('[id]', 'the rollout (default: all, in a line each)')
    .option('--json', 'print it as JSON')
    .action(async (rollout: string | undefined, flags: StatusFlags) => {
      const terminal = createTerminal(flags.json === true);
      const views = await withFleet(terminal, flags, ({ fleet, mailbox }) => fleet.readRollouts(mailbox, rollout));
      if (rollout === undefined) {
        for (const view of views.values()) sayRollout(terminal, view);
        if (views.size === 0) terminal.say('no rollouts');
        terminal.result(Object.fromEntries(views));
        return;
      }
      const view = views.get(rollout);
      if (view === undefined)
        throw new FleetError(
          'rollout-unknown',
          `There is no rollout "${rollout}". Create it, or list those there are.`,
          {
            rollout,
          },
        );
      printRollout(terminal, view);
    });
