import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readText } from '../../../files.js';
import { readPublicKey } from '../../../signature/index.js';
import { homeFolder, placeOf } from '../../board-place.js';
import { interruptSignal } from '../../interrupt.js';
import { baudOption, boardsOption, positive } from '../../parse.js';
import { collect, whyNotThere } from '../../ports.js';
import { sayOutcome, sayStep } from '../../print/fleet.js';
import { createTerminal } from '../../terminal.js';
import { brokerOptions, withBroker, type BrokerFlags } from './broker-options.js';

interface GatewayFlags extends BrokerFlags {
  readonly id?: string;
  readonly port: readonly string[];
  readonly all?: boolean;
  readonly baud?: number;
  readonly boards?: string;
  readonly cache?: string;
  readonly tag: readonly string[];
  readonly trust: readonly string[];
  readonly requireSignature?: boolean;
  readonly parallel?: number;
}

export const gatewayCommand = (): Command =>
  withBroker(new Command('gateway'))
    .summary('look after the boards of this machine, for a fleet')
    .description(
      'Has each board run what the fleet desires of it, and reports what it runs, over MQTT (docs/guides/fleet.md). A circuit is fetched once ' +
        'for all boards, tried on each (self-test, and a canary if the wish has one) and only then confirmed. It may be killed at any ' +
        'moment. Ctrl-C ends it.',
    )
    .option('--id <name>', 'name of the gateway: a to z, 0 to 9, hyphen (default: that of this machine)')
    .option(
      '--port <path>',
      'a serial port, or virtual:ID of an emulated board; may be given more than once',
      collect,
      [],
    )
    .option('--all', 'every serial port of this computer; what does not answer as a board does is left alone')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--tag <word>', 'a word to choose these boards by; may be given more than once', collect, [])
    .option('--trust <key>', 'a .pub file whose signatures count here; may be given more than once', collect, [])
    .option('--require-signature', 'take only circuits that one of these keys has signed, whatever the fleet says')
    .option('--cache <dir>', 'folder for circuits (default: that of the user)')
    .option('--parallel <n>', 'boards that are flashed at once (default: 16)', positive)
    .action(gatewayAction);

async function gatewayAction(flags: GatewayFlags, command: Command): Promise<void> {
  const { port: named, all = false, tag: tags, prefix, requireSignature = false } = flags;
  const refused = all && named.length > 0 ? undefined : await whyNotThere(named, all);
  if (refused !== undefined) command.error(`error: ${refused}`, { exitCode: 2 });
  const terminal = createTerminal(false);
  const fleet = await import('../../../fleet/index.js');
  const id = flags.id ?? machineName();
  const identity = { id, tags, prefix, session: fleet.newSession(Date.now()) };
  const will = fleet.gatewayWill(identity);
  const trustedKeys = await Promise.all(flags.trust.map(async (file) => readPublicKey(await readText(file))));
  const signal = interruptSignal();
  const access = await brokerOptions(flags, terminal, `adiabit-gateway-${id}`);
  const connection = await fleet.connectBroker({ ...access, will, signal, waitsForBroker: true });
  terminal.say(`Gateway ${id} at ${flags.broker}. Ctrl-C ends it.`);
  try {
    await fleet.runGateway({
      identity,
      connection,
      ports: fleet.systemPorts({
        places: named.map((path) => placeOf(path, flags)),
        others: all ? { baudRate: flags.baud, boards: flags.boards } : undefined,
      }),
      cacheFolder: flags.cache ?? join(homeFolder(), 'fleet', id),
      policy: { trustedKeys, requireSignature },
      ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
      observer: {
        onArrived: (chip, path) => terminal.say(`${chip}: on ${path}`),
        onLost: (chip, path) => terminal.say(`${chip}: ${path} is closed`),
        onRefused: (path, _code, message) => terminal.say(`${path}: ${message}`),
        onStep: (chip, wish, step) => sayStep(terminal, chip, wish, step),
        onOutcome: (chip, outcome) => sayOutcome(terminal, chip, outcome),
        onTrouble: (topic, { message }) => terminal.say(`${topic}: ${message}`),
      },
      signal,
    });
  } finally {
    await connection.close();
  }
}

/** Returns the name of this machine as a gateway may have it. */
function machineName(): string {
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 64);
  return name === '' ? 'gateway' : name;
}
