import { spawn, type ChildProcess } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectBroker,
  FleetError,
  gatewayWill,
  Mailbox,
  newSession,
  type BrokerConnection,
  type MessageName,
  type Payload,
} from '@adiabit/sdk/fleet';
import { freePort, startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { hostPort, FleetWatcher, reportOf, startGateway } from '../support/fleet.js';
import { PageFolder } from '../support/pages/page-folder.js';
import { readPage } from '../support/pages/page.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIGITS = join(ROOT, 'examples/circuit-regression/digits.abit');
const PASSWORDS = { LINE_4_PASSWORD: 'four', OPERATOR_PASSWORD: 'ops', VIEWER_PASSWORD: 'look' };

const page = readPage('docs/guides/fleet.md');
const file = (name: string): string => page.blocks.find((block) => block.file === name)!.code;
const missing = missingTools(...HOST_TOOLS, 'mosquitto', 'mosquitto_passwd', 'openssl');

describe.skipIf(missing.length > 0)(titled('docs/guides/fleet.md', missing), () => {
  let folder: PageFolder;
  const running: ChildProcess[] = [];
  beforeAll(async () => {
    folder = await PageFolder.open(page);
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await folder.close();
  });

  /** Starts a command of the page, and waits until it says something. */
  function start(command: string, says: RegExp): Promise<string> {
    const [, ...args] = command.trim().split(' ');
    const child = spawn(join(ROOT, 'node_modules/.bin', args[0]), args.slice(1), {
      env: { ...process.env, ADIABIT_HOME: join(folder.path, '.adiabit') },
    });
    running.push(child);
    return new Promise((resolve, reject) => {
      let said = '';
      const hear = (text: Buffer): void => {
        said += text.toString();
        if (says.test(said)) resolve(said);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('close', () => reject(new Error(said)));
    });
  }

  it('runs a fleet on one computer, and a program has its board run a circuit', async () => {
    const [serve, gateway, status, shown] = page.blocks;
    const port = await freePort();
    const broker = `--broker mqtt://127.0.0.1:${port}`;
    await start(`${serve.code.trim()} --port ${port}`, /The broker is at/);
    await start(`${gateway.code.trim()} ${broker}`, /: on virtual:rp2040/);
    const { code, text } = await folder.run(`${status.code.trim()} ${broker}`);
    expect(code, text).toBe(0);
    const lines = shown.code.trimEnd().split('\n');
    const pattern = lines.map((line) => line.replaceAll('...', '.*')).join('\\n');
    expect(text).toMatch(new RegExp(`^${pattern}\\n$`));

    await folder.write('wish.ts', file('wish.ts'));
    await cp(DIGITS, join(folder.path, 'digits.abit'));
    const wished = await folder.run(`tsx wish.ts mqtt://127.0.0.1:${port} digits.abit`);
    expect(wished, wished.text).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^[0-9a-f]{16} succeeded \n$/) as string,
    });
  });

  describe('its mosquitto', () => {
    let mosquitto: Mosquitto;
    let ca: string;
    const open: BrokerConnection[] = [];
    beforeAll(async () => {
      for (const name of ['fleet.acl', 'certificates.sh', 'users.sh']) await folder.write(name, file(name));
      const exports = Object.entries(PASSWORDS).map(([name, value]) => `export ${name}=${value}; `);
      const made = await folder.run(`${exports.join('')}. ./certificates.sh; . ./users.sh`);
      expect(made.code, made.text).toBe(0);
      ca = await readFile(join(folder.path, 'ca.crt'), 'utf8');
      const lines = (port: number): readonly string[] =>
        file('mosquitto.conf').replace('listener 8883', `listener ${port} 127.0.0.1`).split('\n');
      mosquitto = await startMosquitto(folder.path, lines);
    });
    afterAll(async () => {
      await Promise.all(open.map((connection) => connection.close()));
      await mosquitto.kill();
    });

    const access = (user: string, password: string) => ({
      url: `mqtts://127.0.0.1:${mosquitto.port}`,
      clientId: `${user}-${open.length}`,
      user,
      password,
      certificates: { authority: ca },
    });
    async function connected(user: string, password: string, more = {}): Promise<BrokerConnection> {
      const connection = await connectBroker({ ...access(user, password), ...more });
      open.push(connection);
      return connection;
    }

    it('lets in whom it knows, and is known by its certificate', async () => {
      const codeOf = (options: Parameters<typeof connectBroker>[0]): Promise<string> =>
        connectBroker(options).then(
          () => 'connected',
          (error: unknown) => (error instanceof FleetError ? error.code : String(error)),
        );
      expect(await codeOf(access('line-4', 'wrong'))).toBe('fleet.not-allowed');
      expect(await codeOf({ ...access('line-4', 'four'), certificates: {} })).toBe('fleet.broker-unreachable');
      expect(await codeOf({ url: access('', '').url, clientId: 'nobody', certificates: { authority: ca } })).toBe(
        'fleet.not-allowed',
      );
    });

    it('lets a gateway report, and nothing else; a viewer look, and nothing else', async () => {
      const digest = 'ab'.repeat(32);
      const state = (id: string) => {
        const identity = { id, session: newSession() };
        return JSON.parse(new TextDecoder().decode(gatewayWill(identity).payload)) as Payload<'gatewayState'>;
      };
      const wish: Payload<'desired'> = { version: 1, id: 'wish', circuit: digest };
      const attempts: readonly [MessageName, Readonly<Record<string, string>>, unknown][] = [
        ['gatewayState', { gateway: 'line-4' }, state('line-4')],
        ['gatewayState', { gateway: 'line-5' }, state('line-5')],
        ['reported', { chip: '0a0b' }, reportOf('line-4')],
        ['desired', { chip: '0a0b' }, wish],
        ['blobHead', { digest }, { version: 1, bytes: 1, sha256: digest }],
        ['blobPart', { digest, part: '0' }, Uint8Array.of(1)],
        ['rolloutControl', { rollout: 'spring' }, { version: 1, nonce: '0123456789abcdef', command: 'start' }],
      ];
      const allowed = async (user: string, password: string): Promise<readonly string[]> => {
        const mailbox = new Mailbox(await connected(user, password));
        const taken: string[] = [];
        for (const [name, ids, payload] of attempts) {
          try {
            await mailbox.publish(name, ids, payload as never);
            taken.push([name, ...Object.values(ids)].join(' '));
          } catch (error) {
            expect(error).toMatchObject({ code: 'fleet.not-allowed' });
          }
        }
        return taken;
      };
      expect(await allowed('line-4', 'four')).toEqual(['gatewayState line-4', 'reported 0a0b']);
      expect(await allowed('viewer', 'look')).toEqual([]);
      expect(await allowed('operator', 'ops')).toEqual([
        'desired 0a0b',
        `blobHead ${digest}`,
        `blobPart ${digest} 0`,
        'rolloutControl spring',
      ]);
    });

    it('carries a wish to a board', async () => {
      const watcher = await FleetWatcher.open(await connected('operator', 'ops'));
      const gateway = startGateway('line-4', {
        connection: await connected('line-4', 'four'),
        ports: [hostPort(folder.path, 'a')],
        cacheFolder: join(folder.path, 'cache'),
      });
      await watcher.until((reported) => [...reported.values()].some(({ board }) => board.kind === 'host'), 'the board');
      const chips = [...watcher.reported].filter(([, { board }]) => board.kind === 'host').map(([chip]) => chip);
      const digits = new Uint8Array(await readFile(DIGITS));
      expect(await watcher.outcomes(chips, await watcher.wish(chips, digits))).toEqual(['succeeded']);
      expect(await gateway.stop()).toBeUndefined();
    });
  });
});
