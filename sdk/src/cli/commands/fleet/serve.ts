import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { homeFolder } from '../../board-place.js';
import { interruptSignal } from '../../interrupt.js';
import { readSecret, SECRET_SOURCES } from '../../keys/secret.js';
import { integer } from '../../parse.js';
import { createTerminal, styled } from '../../terminal.js';

interface ServeFlags {
  readonly listen: string;
  readonly port: number;
  readonly state?: string;
  readonly user?: string;
  readonly password?: string;
}

export const fleetServeCommand = (): Command =>
  new Command('serve')
    .summary('run a broker on this computer')
    .description(
      'Runs an MQTT broker for a fleet of one laptop: on 127.0.0.1, without TLS, what is retained in a folder. In production take ' +
        'mosquitto (docs/guides/fleet.md). Ctrl-C ends it.',
    )
    .option(
      '--listen <address>',
      'where to listen; other than on this computer it takes --user and --password',
      '127.0.0.1',
    )
    .option('--port <n>', 'port to listen on; 0 for a free one', integer, 1883)
    .option('--state <dir>', 'folder for what is retained (default: that of the user)')
    .option('--user <name>', 'the user that is let in')
    .option('--password <source>', `the password: ${SECRET_SOURCES}`)
    .action(serveAction);

async function serveAction(flags: ServeFlags, command: Command): Promise<void> {
  const { user, password: source, listen: host, port } = flags;
  if ((user === undefined) !== (source === undefined))
    command.error('error: --user and --password go together', { exitCode: 2 });
  const { serveBroker } = await import('../../../fleet/index.js');
  const password = source === undefined ? undefined : (await readSecret(source)).trimEnd();
  const broker = await serveBroker({
    host,
    port,
    stateFolder: flags.state ?? join(homeFolder(), 'fleet', 'broker'),
    ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
  });
  createTerminal(false).say('The broker is at ', styled('bold', broker.url), '. Ctrl-C ends it.');
  const signal = interruptSignal();
  if (!signal.aborted) await once(signal, 'abort');
  await broker.close();
}
