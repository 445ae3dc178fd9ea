import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '@adiabit/sdk/device';
import {
  BlobCache,
  BlobFetcher,
  connectBroker,
  Mailbox,
  publishBlob,
  readFleet,
  removeBlob,
  serveBroker,
  type BrokerConnection,
  type Connection,
} from '@adiabit/sdk/fleet';
import { circuitOf, FleetWatcher, hostPort, reportOf, startGateway } from '../support/fleet.js';
import { temporaryFolder } from '../support/host-device.js';
import { freePort, startMosquitto } from '../support/mosquitto.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

/** A broker that can be killed and started again where it was. */
interface Broker {
  readonly url: string;
  kill(): Promise<void>;
}

const next = repeatableNumbers(72);
const first = sampleCircuit(next, { widths: [40, 16, 5], inputBits: 1, goldenVectors: 4 });

const brokers: Record<string, (folder: string, port: number) => Promise<Broker>> = {
  mosquitto: (folder, port) => startMosquitto(folder, undefined, port),
  aedes: async (_folder, port) => {
    const broker = await serveBroker({ port });
    return { url: broker.url, kill: () => broker.close() };
  },
};
const missing = missingTools(...HOST_TOOLS, 'mosquitto');

describe.skipIf(missing.length > 0).each(Object.entries(brokers))(titled('over %s', missing), (name, start) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let port: number;
  let broker: Broker;
  const open: BrokerConnection[] = [];
  beforeEach(async () => {
    folder = await temporaryFolder();
    port = await freePort();
    broker = await start(folder.path, port);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
    await broker.kill();
    await folder.dispose();
  });

  async function connected(clientId: string, more = {}): Promise<BrokerConnection> {
    const connection = await connectBroker({ url: broker.url, clientId, ...more });
    open.push(connection);
    return connection;
  }

  it('is waited for by who asks to, and says so once; who does not is told that it is not there', async () => {
    await broker.kill();
    await expect(connected('hasty')).rejects.toMatchObject({ code: 'fleet.broker-unreachable' });
    const told: string[] = [];
    const waiting = connected('patient', {
      waitsForBroker: true,
      onLost: ({ code }: Error & { code: string }) => told.push(code),
    });
    await expect.poll(() => told).toEqual(['fleet.broker-unreachable']);
    broker = await start(folder.path, port);
    const connection = await waiting;
    await connection.publish('adiabit/there', Uint8Array.of(1), { retain: false });
    expect(told).toHaveLength(1);
    const given = new AbortController();
    await broker.kill();
    const cancelled = connected('gives-up', { waitsForBroker: true, signal: given.signal });
    given.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    broker = await start(folder.path, port);
  });

  it('messages are retained, matched and taken away', async () => {
    const [one, two] = [await connected('one'), await connected('two')];
    expect(one.isVersion5).toBe(name === 'mosquitto');
    const heard: string[] = [];
    await one.publish('adiabit/x/1/y', Buffer.from('kept'), { retain: true });
    const stop = await two.subscribe('adiabit/x/+/y', (topic, payload) =>
      heard.push(`${topic} ${Buffer.from(payload).toString()}`),
    );
    await expect.poll(() => heard).toEqual(['adiabit/x/1/y kept']);
    await one.publish('adiabit/x/2/y', Buffer.from('passing'), { retain: false });
    await one.publish('adiabit/x/1/y', new Uint8Array(), { retain: true });
    await expect.poll(() => heard.slice(1)).toEqual(['adiabit/x/2/y passing', 'adiabit/x/1/y ']);
    await stop();
    await one.publish('adiabit/x/1/y', Buffer.from('unheard'), { retain: true });
    expect(heard).toHaveLength(3);
  });

  it('a fleet of a thousand boards is read whole', async () => {
    const operator = new Mailbox(await connected('operator'));
    const chips = Array.from({ length: 1000 }, (_, index) => index.toString(16).padStart(8, '0'));
    await Promise.all(chips.map((chip) => operator.publish('reported', { chip }, reportOf('bench'))));
    const { boards } = await readFleet(new Mailbox(await connected('reader')));
    expect([...boards.keys()].sort()).toEqual(chips);
    expect([...boards.values()].some(({ isReachable }) => isReachable)).toBe(false);
  });

  it('of two gateways with one name the later one stays', async () => {
    const cacheFolder = join(folder.path, 'cache');
    const one = startGateway('bench', { connection: await connected('one'), ports: [], cacheFolder });
    const two = startGateway('bench', { connection: await connected('two'), ports: [], cacheFolder });
    expect(await one.ended).toMatchObject({ code: 'fleet.taken-over' });
    expect(await two.stop()).toBeUndefined();
  });

  it('a file of many parts comes once, on from where an earlier fetch ended, and whole or not at all', async () => {
    const file = Uint8Array.from({ length: 300_000 }, () => next(256));
    const operator = new Mailbox(await connected('operator'));
    const blob = await publishBlob(operator, file);
    const fetched = await connected('gateway');
    const topics: string[] = [];
    const counted: Connection = {
      ...fetched,
      publish: fetched.publish.bind(fetched),
      onReconnect: fetched.onReconnect.bind(fetched),
      subscribe: (filter, listener) => {
        topics.push(filter.split('/').at(-1)!);
        return fetched.subscribe(filter, listener);
      },
    };
    const cache = await BlobCache.open(join(folder.path, 'cache'));
    await cache.keepPart(blob.digest, 1, file.subarray(65_536, 131_072));
    const fetcher = new BlobFetcher(new Mailbox(counted), cache, systemClock);
    const all = await Promise.all([1, 2, 3].map(() => fetcher.fetch(blob)));
    for (const one of all) expect(Buffer.compare(one, file)).toBe(0);
    expect(topics).toEqual(['0', '2', '3', '4']);
    expect(cache.bytes).toBe(300_000);

    await cache.keepPart('0'.repeat(64), 0, new Uint8Array(10));
    await operator.publish('blobPart', { digest: '0'.repeat(64), part: '0' }, new Uint8Array(20));
    const wrong = fetcher.fetch({ digest: '0'.repeat(64), bytes: 20 });
    await expect(wrong).rejects.toMatchObject({ code: 'fleet.blob-damaged' });
    await removeBlob(operator, blob);
  });

  it('a fleet goes on when the broker was killed, and lost all that it knew', async () => {
    const gateway = startGateway('bench', {
      connection: await connected('gateway'),
      ports: [hostPort(folder.path, 'a')],
      cacheFolder: join(folder.path, 'cache'),
    });
    const watcher = await FleetWatcher.open(await connected('operator'));
    const chips = await watcher.boards(1);
    await broker.kill();
    watcher.reported.clear();
    broker = await start(folder.path, port);
    // The gateway says again what it knows; what it shall do, the operator says.
    await watcher.boards(1);
    expect(await watcher.outcomes(chips, await watcher.wish(chips, first.bytes))).toEqual(['succeeded']);
    expect(watcher.reported.get(chips[0])?.confirmed).toBe(circuitOf(first.bytes));
    await gateway.stop();
  });
});

describe('connecting', () => {
  it('says where there is no broker, and what is no address of one', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    await expect(connectBroker({ url, clientId: 'a' })).rejects.toMatchObject({ code: 'fleet.broker-unreachable' });
    for (const bad of ['http://127.0.0.1', 'mqtt://ann:secret@127.0.0.1', 'nowhere'])
      await expect(connectBroker({ url: bad, clientId: 'a' })).rejects.toMatchObject({ code: 'fleet.bad-option' });
  });

  it('keeps what is retained from one start of the embedded broker to the next, and asks for a login', async () => {
    const folder = await temporaryFolder();
    const login = { user: 'ann', password: 'secret' };
    const options = { port: 0, stateFolder: join(folder.path, 'state'), login };
    const broker = await serveBroker(options);
    expect(broker.url).toMatch(/^mqtt:\/\/127\.0\.0\.1:/);
    const access = { url: broker.url, clientId: 'a' };
    await expect(connectBroker(access)).rejects.toMatchObject({ code: 'fleet.not-allowed' });
    const writer = await connectBroker({ ...access, ...login });
    await writer.publish('adiabit/kept', Buffer.from('yes'), { retain: true });
    await writer.publish('adiabit/passing', Buffer.from('no'), { retain: false });
    await writer.close();
    await broker.close();

    const again = await serveBroker(options);
    const reader = await connectBroker({ url: again.url, clientId: 'b', ...login });
    const heard: string[] = [];
    await reader.subscribe('adiabit/+', (topic, payload) => heard.push(`${topic} ${Buffer.from(payload).toString()}`));
    await expect.poll(() => heard).toEqual(['adiabit/kept yes']);
    await reader.close();
    await again.close();
    await folder.dispose();
  });

  it('lets nobody else reach an embedded broker that lets everybody in', async () => {
    await expect(serveBroker({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'fleet.bad-option' });
  });
});
