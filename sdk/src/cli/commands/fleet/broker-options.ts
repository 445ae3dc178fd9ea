import { randomBytes } from 'node:crypto';
import { Option, type Command } from 'commander';
import { readText } from '../../../files.js';
import type { BrokerOptions } from '../../../fleet/index.js';
import { readSecret, SECRET_SOURCES } from '../../keys/secret.js';
import type { Terminal } from '../../terminal.js';

/** How a command reaches the broker of a fleet. */
export interface BrokerFlags {
  readonly broker: string;
  readonly user?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly prefix: string;
}

/** Adds what every command of a fleet takes. */
export const withBroker = (command: Command): Command =>
  command
    .option('--broker <url>', 'mqtt://HOST[:PORT], or mqtts: for TLS', 'mqtt://127.0.0.1:1883')
    .option('--user <name>', 'who this is to the broker')
    .addOption(new Option('--password <source>', `its password: ${SECRET_SOURCES}`))
    .option('--ca <file>', 'the certificate of who vouches for the broker, PEM')
    .option('--cert <file>', 'a certificate of this client, PEM')
    .option('--key <source>', `its key, PEM: ${SECRET_SOURCES}`)
    .option('--prefix <topic>', 'first levels of every topic', 'adiabit');

/** Reads what the flags name. @throws DataError `data.not-found`; SignatureError `signature.exposed-key` */
export async function brokerOptions(
  flags: BrokerFlags,
  terminal: Terminal,
  clientId = `adiabit-${randomBytes(6).toString('hex')}`,
): Promise<BrokerOptions> {
  const { broker: url, user, password, ca, cert, key } = flags;
  const certificates = {
    ...(ca === undefined ? {} : { authority: await readText(ca) }),
    ...(cert === undefined ? {} : { own: await readText(cert) }),
    ...(key === undefined ? {} : { key: await readSecret(key) }),
  };
  return {
    url,
    clientId,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password: (await readSecret(password)).trimEnd() }),
    certificates,
    onLost: ({ message }) => terminal.say(message, ' It is tried again until it answers.'),
  };
}
