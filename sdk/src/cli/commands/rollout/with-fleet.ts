import type * as Fleet from '../../../fleet/index.js';
import { interruptSignal } from '../../interrupt.js';
import type { Terminal } from '../../terminal.js';
import { brokerOptions, type BrokerFlags } from '../fleet/broker-options.js';

/** What a command of a rollout works with. */
export interface FleetAccess {
  readonly fleet: typeof Fleet;
  readonly connection: Fleet.BrokerConnection;
  readonly mailbox: Fleet.Mailbox;
  readonly signal: AbortSignal;
}

/** Connects to the broker that the flags name, and does some work there. */
export async function withFleet<T>(
  terminal: Terminal,
  flags: BrokerFlags,
  work: (access: FleetAccess) => Promise<T>,
): Promise<T> {
  const fleet = await import('../../../fleet/index.js');
  const signal = interruptSignal();
  const connection = await fleet.connectBroker({ ...(await brokerOptions(flags, terminal)), signal });
  try {
    const mailbox = new fleet.Mailbox(connection, {
      prefix: flags.prefix,
      onDropped: (topic, { message }) => terminal.say(`${topic}: ${message}`),
    });
    return await work({ fleet, connection, mailbox, signal });
  } finally {
    await connection.close();
  }
}
