import { Command } from 'commander';
import { interruptSignal } from '../../interrupt.js';
import { printFleetStatus } from '../../print/fleet.js';
import { createTerminal } from '../../terminal.js';
import { brokerOptions, withBroker, type BrokerFlags } from './broker-options.js';

interface StatusFlags extends BrokerFlags {
  readonly json?: boolean;
}

export const fleetStatusCommand = (): Command =>
  withBroker(new Command('status'))
    .summary('list gateways and boards, and what they run')
    .description(
      'Reads what the broker has retained: every gateway and board, what it runs, and how its last wish ended.',
    )
    .option('--json', 'print it as JSON')
    .action(statusAction);

async function statusAction(flags: StatusFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const { connectBroker, readFleet, Mailbox } = await import('../../../fleet/index.js');
  const connection = await connectBroker({ ...(await brokerOptions(flags, terminal)), signal: interruptSignal() });
  try {
    const mailbox = new Mailbox(connection, {
      prefix: flags.prefix,
      onDropped: (topic, { message }) => terminal.say(`${topic}: ${message}`),
    });
    printFleetStatus(terminal, await readFleet(mailbox));
  } finally {
    await connection.close();
  }
}
