/** The Fleet view in Chromium, over a real broker: gateways with the real firmware behind them, and a rollout. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectBroker,
  createRollout,
  driveRollout,
  Mailbox,
  serveBroker,
  type BrokerConnection,
  type EmbeddedBroker,
} from '@adiabit/sdk/fleet';
import { hostPort, startGateway, type RunningGateway } from '../support/fleet.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium', ...HOST_TOOLS);
const circuit = sampleCircuit(repeatableNumbers(5), { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });

describe.skipIf(missing.length > 0)(titled('the Fleet view', missing), () => {
  let opened: TestStudio;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let broker: EmbeddedBroker;
  let gateway: RunningGateway;
  const connections: BrokerConnection[] = [];
  const driving = new AbortController();

  const connect = async (clientId: string): Promise<BrokerConnection> => {
    const connection = await connectBroker({ url: broker.url, clientId, user: 'fleet', password: 'of boards' });
    connections.push(connection);
    return connection;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    const login = { user: 'fleet', password: 'of boards' };
    broker = await serveBroker({ host: '127.0.0.1', port: 0, stateFolder: join(folder.path, 'broker'), login });
    const ports = ['a', 'b', 'c'].map((name) => hostPort(folder.path, name));
    gateway = startGateway('bench', {
      connection: await connect('gateway'),
      ports,
      cacheFolder: join(folder.path, 'cache'),
    });
    opened = await openTestStudio();
  });
  afterAll(async () => {
    driving.abort();
    await opened.close();
    await gateway.stop();
    await Promise.all(connections.map((connection) => connection.close()));
    await broker.close();
    await folder.dispose();
  });

  it('says why a broker does not let it in, and keeps asking nobody', async () => {
    const page = await opened.openPage();
    await page.getByRole('tab', { name: 'Fleet' }).click();
    await page.getByRole('textbox', { name: 'Broker' }).fill(broker.url);
    await page.getByRole('textbox', { name: 'User' }).fill('fleet');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('alert').getByText('does not let this client in').waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'No fleet yet' }).waitFor();
    await page.close();
  });

  it('shows gateways and boards, follows a rollout, and asks its coordinator for what a person wants', async () => {
    const page = await opened.openPage();
    // The page listens to keys a moment after it is there.
    const isShown = async (): Promise<number> => {
      await page.keyboard.press('n');
      return page.getByRole('tab', { name: 'Fleet', selected: true }).count();
    };
    await expect.poll(isShown).toBe(1);
    await page.getByRole('textbox', { name: 'Broker' }).fill(broker.url);
    await page.getByRole('textbox', { name: 'User' }).fill('fleet');
    await page.getByRole('textbox', { name: 'Password' }).fill('of boards');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    const boards = page.getByRole('region', { name: 'Boards' });
    await boards.getByText('3 run no circuit').waitFor();
    await page
      .getByRole('region', { name: 'Gateways' })
      .getByRole('row', { name: 'bench' })
      .getByText('online')
      .waitFor();

    const operator = await connect('operator');
    const half = { successPercent: 100, errorPercent: 0, approval: false } as const;
    await createRollout(new Mailbox(operator), circuit.bytes, {
      id: 'spring',
      name: 'Spring',
      targets: { kind: 'all' },
      groups: [
        { ...half, size: { kind: 'count', boards: 1 } },
        { ...half, size: { kind: 'percent', percent: 100 }, approval: true },
      ],
      retries: 1,
      unreachableAfterSeconds: 60,
      onError: 'pause',
    });
    const driven = driveRollout({ connection: operator, rollout: 'spring', signal: driving.signal });
    const rollout = page.getByRole('article', { name: 'Spring' });
    await rollout.getByRole('button', { name: 'Start' }).click();
    await rollout.getByText('finished, 1 board, 1 succeeded').waitFor();
    await boards.getByText('2 run no circuit').waitFor();
    await rollout.getByRole('button', { name: 'Approve' }).click();
    await rollout.getByText('finished, 2 boards, 2 succeeded').waitFor();
    await boards.getByText(/^3 run /).waitFor();
    await driven;

    await boards.getByRole('searchbox').fill('bench ready');
    await boards.getByText('3 of 3 boards').waitFor();
    await boards.getByRole('searchbox').fill('no such board');
    await boards.getByText('0 of 3 boards').waitFor();
    await boards.getByRole('searchbox').fill('');
    await gateway.stop();
    await page.getByRole('region', { name: 'Gateways' }).getByText('offline').waitFor();
    await expect.poll(() => boards.getByText('unreachable').count()).toBe(3);
    expect(opened.complaints).toEqual([]);
  });
});
