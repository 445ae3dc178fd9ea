/** A gateway of the fleet campaign, in a process of its own: `adiabit gateway` with devices as processes instead of ports. */
import { DeviceSession } from '@adiabit/sdk/device';
import { connectBroker, gatewayWill, newSession, runGateway, type BoardPort, type WishStep } from '@adiabit/sdk/fleet';
import { countedConnection, noTraffic } from '../support/counted-connection.js';
import { HostDevice } from '../support/host-device.js';
import { answerUsage, tellParent, type FleetDevice, type GatewaySetup } from './fleet-process.js';

/** A machine with a hundred boards on two shared cores answers late. */
const PATIENCE = 20;
const HEARTBEAT_MS = 60_000;
const PARALLEL = 8;

async function run({ id, url, cacheFolder, devices, deaths }: GatewaySetup): Promise<void> {
  const traffic = noTraffic();
  answerUsage(traffic);
  const identity = { id, session: newSession(Date.now()) };
  const will = gatewayWill(identity);
  const connection = await connectBroker({ url, waitsForBroker: true, clientId: `gateway-${id}`, will });
  const powered = new Map<string, HostDevice>();
  const chips = new Map<string, string>();
  const ports = devices.map((device) => portOf(device, powered));
  const seen = new Map<WishStep, number>();

  const onStep = (chip: string, _wish: string | undefined, step: WishStep): void => {
    const times = (seen.get(step) ?? 0) + 1;
    seen.set(step, times);
    const death = deaths.find((planned) => planned.step === step && planned.times === times);
    if (death === undefined) tellParent({ type: 'step', step });
    else if (death.victim === 'gateway')
      tellParent({ type: 'dying', number: death.number }, () => process.kill(process.pid, 'SIGKILL'));
    else {
      powered.get(chips.get(chip) ?? '')?.cutPower();
      tellParent({ type: 'dying', number: death.number });
    }
  };
  await runGateway({
    identity,
    connection: countedConnection(connection, traffic),
    ports: () => Promise.resolve(ports),
    cacheFolder,
    parallel: PARALLEL,
    heartbeatMs: HEARTBEAT_MS,
    observer: { onStep, onArrived: (chip, port) => chips.set(chip, port) },
    signal: new AbortController().signal,
  });
}

const portOf = ({ name, flashFile, program }: FleetDevice, powered: Map<string, HostDevice>): BoardPort => ({
  path: name,
  mayBeStranger: false,
  open: async (signal) => {
    const device = new HostDevice(flashFile, program, { diesWithParent: true });
    powered.set(name, device);
    try {
      return await DeviceSession.open(device, { signal, patience: PATIENCE });
    } catch (error) {
      await device.close();
      throw error;
    }
  },
});

process.once('message', (setup: GatewaySetup) => void run(setup));
