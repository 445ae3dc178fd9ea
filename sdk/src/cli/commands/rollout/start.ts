import { Command } from 'commander';
import { printRollout, sayCourse } from '../../print/rollout.js';
import { createTerminal } from '../../terminal.js';
import { withBroker, type BrokerFlags } from '../fleet/broker-options.js';
import { withFleet } from './with-fleet.js';

interface StartFlags extends BrokerFlags {
  readonly json?: boolean;
}

export const rolloutStartCommand = (): Command =>
  withBroker(new Command('start'))
    .summary('begin a rollout, or go on with it, until it is over')
    .description(
      'Drives a rollout until every group is done, or it is aborted. All that it knows is on the broker: Ctrl-C, or the end of this ' +
        'computer, leaves boards as they are, and the same command goes on, here or elsewhere. While it runs elsewhere, it waits.',
    )
    .argument('<id>', 'the rollout')
    .option('--json', 'print the result as JSON')
    .action(startAction);

async function startAction(rollout: string, flags: StartFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  await withFleet(terminal, flags, async ({ fleet, connection, mailbox, signal }) => {
    const { prefix } = flags;
    const view = (await fleet.readRollouts(mailbox, rollout)).get(rollout);
    if (view?.state?.isStarted !== true) await fleet.commandRollout(mailbox, rollout, 'start', { answerMs: 0 });
    const say = sayCourse(terminal);
    const state = await fleet.driveRollout({
      connection,
      prefix,
      rollout,
      signal,
      onState: say,
      onTrouble: (topic, { message }) => terminal.say(`${topic}: ${message}`),
    });
    const definition = (await fleet.readRollouts(mailbox, rollout)).get(rollout)!.definition;
    printRollout(terminal, { definition, state });
  });
}
