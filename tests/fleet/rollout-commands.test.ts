import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectBroker, serveBroker, type BrokerConnection, type EmbeddedBroker } from '@adiabit/sdk/fleet';
import { adiabit } from '../support/cli.js';
import { circuitOf, FleetWatcher, hostPort, startGateway, type RunningGateway } from '../support/fleet.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const next = repeatableNumbers(74);
const circuit = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });
const missing = missingTools(...HOST_TOOLS);

describe.skipIf(missing.length > 0)(titled('the commands of rollouts', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let broker: EmbeddedBroker;
  let connection: BrokerConnection;
  let watcher: FleetWatcher;
  let gateway: RunningGateway;
  beforeEach(async () => {
    folder = await temporaryFolder();
    broker = await serveBroker({ port: 0 });
    connection = await connectBroker({ url: broker.url, clientId: 'operator' });
    watcher = await FleetWatcher.open(connection);
    gateway = startGateway('bench', {
      connection: await connectBroker({ url: broker.url, clientId: 'bench' }),
      ports: ['a', 'b', 'c'].map((name) => hostPort(folder.path, name)),
      cacheFolder: join(folder.path, 'cache'),
    });
    await writeFile(join(folder.path, 'digits.abit'), circuit.bytes);
    await watcher.boards(3);
  });
  afterEach(async () => {
    await gateway.stop();
    await connection.close();
    await broker.close();
    await folder.dispose();
  });

  const rollout = (...args: readonly string[]) => adiabit(['rollout', ...args, '--broker', broker.url]);
  const create = (...more: readonly string[]) =>
    rollout('create', join(folder.path, 'digits.abit'), '--id', 'digits-2', '--groups', '1,rest', ...more);

  it('put a circuit on all boards, and say where a rollout stands before and after', async () => {
    expect((await create()).code).toBe(0);
    expect((await rollout('status')).stdout).toMatch(/digits-2 +digits\.abit, draft/);
    const started = await rollout('start', 'digits-2', '--json');
    expect(started.code).toBe(0);
    expect(JSON.parse(started.stdout)).toMatchObject({ state: { phase: 'finished' } });
    for (const { confirmed } of watcher.reported.values()) expect(confirmed).toBe(circuitOf(circuit.bytes));
    expect((await rollout('status', 'digits-2')).stdout).toMatch(
      /group 1: finished, 1 succeeded\n +group 2: finished, 2 succeeded/,
    );
  });

  it('wait for approval, and for somebody who drives', async () => {
    await create('--approval', 'start');
    const approved = await rollout('approve', 'digits-2');
    expect(approved.stdout).toContain('nobody drives it now');
    const refused = await rollout('pause', 'digits-2');
    expect(refused.stderr).toContain('has not been told to approve yet');
    expect(refused.code).toBe(1);
  });

  it('refuse a rollout twice, one that there is not, and what makes no sense', async () => {
    await create();
    expect((await create()).stderr).toContain('There is a rollout "digits-2" already');
    expect((await rollout('status', 'digits-3')).stderr).toContain('There is no rollout "digits-3"');
    expect((await create('--groups', 'rest,5')).code).toBe(2);
    expect((await create('--errors', '101')).code).toBe(2);
    expect((await create('--tag', 'hall-2', '--chip', '0a')).code).toBe(2);
  });
});
