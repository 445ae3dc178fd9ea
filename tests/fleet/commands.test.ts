import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from '@adiabit/sdk/device';
import { connectBroker, serveBroker, WISH_STEPS, type BrokerConnection, type EmbeddedBroker } from '@adiabit/sdk/fleet';
import { toHex } from '@adiabit/simulator/bits';
import { adiabit } from '../support/cli.js';
import { circuitOf, FleetWatcher } from '../support/fleet.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const MAIN = fileURLToPath(new URL('../../node_modules/.bin/adiabit', import.meta.url));
const next = repeatableNumbers(73);
const newCircuit = (): Uint8Array =>
  sampleCircuit(next, { widths: [200, 300, 64, 10], inputBits: 8, goldenVectors: 4 }).bytes;
const missing = missingTools(...HOST_TOOLS, 'socat');

describe.skipIf(missing.length > 0)(titled('the commands of a fleet', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let broker: EmbeddedBroker;
  let connection: BrokerConnection;
  let watcher: FleetWatcher;
  const running: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await temporaryFolder();
    broker = await serveBroker({ port: 0 });
    connection = await connectBroker({ url: broker.url, clientId: 'operator' });
    watcher = await FleetWatcher.open(connection);
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await connection.close();
    await broker.close();
    await folder.dispose();
  });

  const environment = () => ({ ...process.env, ADIABIT_HOME: folder.path });

  /** Starts `adiabit gateway`, which is killed with SIGKILL when it has said something. */
  function gateway(
    ports: readonly string[],
    killWhen?: RegExp,
  ): { readonly child: ChildProcess; readonly ended: Promise<string> } {
    const args = ['gateway', '--broker', broker.url, '--id', 'bench', ...ports.flatMap((port) => ['--port', port])];
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment() });
    running.push(child);
    let said = '';
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (killWhen?.test(said) === true) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    return { child, ended: new Promise((resolve) => child.once('close', () => resolve(said))) };
  }

  it('kill -9 of a gateway at every step leaves a board that boots a confirmed circuit, and the next start goes on', async () => {
    const port = new PseudoTerminal(join(folder.path, 'port'));
    await port.plugInDevice(join(folder.path, 'flash'));
    const circuits = [newCircuit()];
    let chips: readonly string[] = [];
    let wish: string | undefined;
    for (const step of WISH_STEPS.filter((one) => one !== 'revert')) {
      const { ended } = gateway([port.path], new RegExp(`wish-${circuits.length}, ${step}\n`));
      if (wish === undefined) chips = await watcher.boards(1);
      // The wish of before, which the gateway was killed over, is fulfilled first.
      else await watcher.ended(chips, wish);
      expect(watcher.reported.get(chips[0])?.outcome?.error).toBeUndefined();
      wish = await watcher.wish(chips, circuits.at(-1)!, { canary: { inferences: 4, seed: 1 } });
      await ended;

      const session = await openDevice(port.path);
      const { activeSlot } = await session.restart();
      const boots = activeSlot === undefined ? undefined : (await session.slots())[activeSlot];
      await session.close();
      if (circuits.length > 1) {
        expect(boots?.state).toBe('confirmed');
        expect(circuits.slice(-2).map(circuitOf)).toContain(toHex(boots!.digest));
      }
      circuits.push(newCircuit());
    }
    const { child } = gateway([port.path]);
    await watcher.ended(chips, wish!);
    expect(watcher.reported.get(chips[0])?.confirmed).toBe(circuitOf(circuits.at(-2)!));
    child.kill('SIGTERM');
    await port.unplug();
  });

  it('show a fleet, and an emulated board in it', async () => {
    const { child, ended } = gateway(['virtual:rp2040', join(folder.path, 'not-there')]);
    const chips = await watcher.boards(1);
    const file = newCircuit();
    expect(await watcher.outcomes(chips, await watcher.wish(chips, file))).toEqual(['succeeded']);
    const { stdout } = await adiabit(['fleet', 'status', '--broker', broker.url]);
    expect(stdout).toBe(
      [
        'bench  online, 1 board',
        `  ${chips[0]}  rp2040  ready  ${circuitOf(file).slice(0, 12)}`,
        '1 board, 1 reachable',
        '',
      ].join('\n'),
    );
    child.kill('SIGTERM');
    expect(await ended).toContain('wish-1 succeeded');
    const json = JSON.parse((await adiabit(['fleet', 'status', '--broker', broker.url, '--json'])).stdout) as {
      readonly gateways: Readonly<Record<string, { readonly online: boolean }>>;
      readonly boards: Readonly<Record<string, { readonly state: string }>>;
    };
    expect([json.gateways['bench'].online, json.boards[chips[0]].state]).toEqual([false, 'unreachable']);
  });

  it('say what is wrong with what they were given', async () => {
    const codeOf = async (...args: readonly string[]) => (await adiabit(args)).code;
    expect(await codeOf('gateway', '--broker', broker.url)).toBe(2);
    expect(await codeOf('fleet', 'serve', '--user', 'ann')).toBe(2);
    const { code, stderr } = await adiabit(['fleet', 'status', '--broker', 'mqtt://127.0.0.1:1']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('fleet.broker-unreachable')]);
    const named = await adiabit(['gateway', '--broker', broker.url, '--id', 'Not one', '--port', 'virtual:rp2040']);
    expect([named.code, named.stderr]).toEqual([1, expect.stringContaining('cannot name a gateway')]);
  });
});
