import { Command } from 'commander';
import type { RolloutCommand } from '../../../fleet/index.js';
import { createTerminal } from '../../terminal.js';
import { withBroker, type BrokerFlags } from '../fleet/broker-options.js';
import { withFleet } from './with-fleet.js';

interface ControlFlags extends BrokerFlags {
  readonly json?: boolean;
}

/** Makes a command that tells whoever drives a rollout something. */
export const rolloutControlCommand = (
  name: Exclude<RolloutCommand, 'start'>,
  summary: string,
  description: string,
): Command =>
  withBroker(new Command(name))
    .summary(summary)
    .description(description)
    .argument('<id>', 'the rollout')
    .option('--json', 'print the result as JSON')
    .action(async (rollout: string, flags: ControlFlags) => {
      const terminal = createTerminal(flags.json === true);
      const state = await withFleet(terminal, flags, ({ fleet, mailbox, signal }) =>
        fleet.commandRollout(mailbox, rollout, name, { signal }),
      );
      if (state === undefined)
        terminal.say(`rollout ${rollout}: nobody drives it now. "adiabit rollout start" carries it out.`);
      else terminal.say(`rollout ${rollout}: ${state.phase}`);
      terminal.result({ rollout, command: name, phase: state?.phase ?? null });
    });
