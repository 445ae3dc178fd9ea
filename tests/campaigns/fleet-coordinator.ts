/** A coordinator of the fleet campaign, in a process of its own: what `adiabit rollout start` does. */
import { connectBroker, driveRollout } from '@adiabit/sdk/fleet';
import { countedConnection, noTraffic } from '../support/counted-connection.js';
import { answerUsage, tellParent, type CoordinatorSetup } from './fleet-process.js';

async function run({ url, rollout, leaseSeconds }: CoordinatorSetup): Promise<void> {
  const traffic = noTraffic();
  answerUsage(traffic);
  const broker = await connectBroker({ url, waitsForBroker: true, clientId: `coordinator-${process.pid}` });
  const connection = countedConnection(broker, traffic);
  await driveRollout({ connection, rollout, leaseSeconds, signal: new AbortController().signal });
  tellParent({ type: 'over' });
}

process.once('message', (setup: CoordinatorSetup) => void run(setup));
