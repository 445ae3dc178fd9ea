import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { DdiEvent } from '../../../bridges/ddi/options.js';
import { runDdi } from '../../../bridges/ddi/run.js';
import { DdiServer, type DdiToken } from '../../../bridges/ddi/server.js';
import { boardAt } from '../../../workflow/index.js';
import { placeOf } from '../../board-place.js';
import { interruptSignal } from '../../interrupt.js';
import { readSecret, SECRET_SOURCES } from '../../keys/secret.js';
import { baudOption, boardsOption } from '../../parse.js';
import { createTerminal, type Terminal } from '../../terminal.js';

interface DdiFlags {
  readonly url: string;
  readonly tenant: string;
  readonly controllerId: string;
  readonly targetToken?: string;
  readonly gatewayToken?: string;
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly requireSignature?: string;
  readonly downloads?: string;
  readonly once?: boolean;
}

export const ddiCommand = (): Command =>
  new Command('ddi')
    .summary('be a controller of a hawkBit server, for one device')
    .description(
      'Polls the Direct Device Integration API of a hawkBit server for one device: tells what the device is, downloads what is ' +
        'deployed (on from where a download was cut), flashes it, tells how every phase goes and how it ends, and cancels when the ' +
        'server wants it, as long as the new circuit is not confirmed. A deployment holds one .abit file.',
    )
    .requiredOption('--url <address>', 'the server, such as https://hawkbit.example.org')
    .option('--tenant <name>', 'the tenant', 'DEFAULT')
    .requiredOption('--controller-id <id>', 'the name by which the server knows the device')
    .option('--target-token <source>', `the token of this controller: ${SECRET_SOURCES}`)
    .option('--gateway-token <source>', `the token of all controllers behind this gateway: ${SECRET_SOURCES}`)
    .requiredOption('--port <path>', 'the serial port of the device, or virtual:ID of an emulated board')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--require-signature <key>', 'install only what the key in this .pub file has signed')
    .option('--downloads <folder>', 'where downloads are kept (default: in ADIABIT_HOME)')
    .option('--once', 'poll once, do what is wanted, and end')
    .action(ddiAction);

async function ddiAction(flags: DdiFlags, command: Command): Promise<void> {
  const { url, tenant, controllerId, port, once = false, targetToken, gatewayToken } = flags;
  if (targetToken !== undefined && gatewayToken !== undefined) {
    command.error('error: a controller has one token: give --target-token or --gateway-token', { exitCode: 2 });
  }
  const terminal = createTerminal(false);
  const home = process.env['ADIABIT_HOME'] ?? join(homedir(), '.adiabit');
  await runDdi({
    server: new DdiServer({ url, tenant, controllerId, token: await tokenOf(flags) }),
    open: boardAt(placeOf(port, flags)),
    folder: flags.downloads ?? join(home, 'downloads'),
    publicKeyFile: flags.requireSignature,
    once,
    signal: interruptSignal(),
    onEvent: (event) => say(terminal, event),
  });
}

async function tokenOf({ targetToken, gatewayToken }: DdiFlags): Promise<DdiToken | undefined> {
  if (targetToken !== undefined) return { kind: 'target', token: (await readSecret(targetToken)).trim() };
  if (gatewayToken === undefined) return undefined;
  return { kind: 'gateway', token: (await readSecret(gatewayToken)).trim() };
}

function say(terminal: Terminal, event: DdiEvent): void {
  const text = textOf(event);
  if (text !== undefined) terminal.say(text);
}

/** Returns what a user wants to know of an event; undefined if nothing. */
function textOf(event: DdiEvent): string | undefined {
  switch (event.kind) {
    case 'polled':
      return undefined;
    case 'described':
      return 'told the server what the device is';
    case 'phase':
      return `action ${event.id}: ${event.phase}`;
    case 'installed':
      return `action ${event.id}: circuit ${event.digest} runs and is confirmed`;
    case 'downloaded':
      return `action ${event.id}: downloaded; the server does not want it installed yet`;
    case 'cancelled':
      return `action ${event.id}: cancelled`;
    case 'failed':
      return `action ${event.id}: failed. ${event.error.message}`;
    case 'trouble':
      return `${event.error.message} It is tried again.`;
  }
}
