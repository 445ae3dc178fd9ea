/** The connection to Redis, and what lies there beside the queue: checkpoints and models of trials. */
import type { Redis } from 'ioredis';
import { reasonOf } from '../files.js';
import { withPackages } from '../packages/features.js';
import { SweepError } from './errors.js';

export const QUEUE_NAME = 'adiabit-trials';
/** The most bytes of a checkpoint or a model: Redis holds no value above 512 MiB. */
const MOST_BYTES = 256 * 1024 * 1024;
/** What nobody has collected is forgotten. */
const KEPT_SECONDS = 30 * 24 * 3600;
const CONNECT_MS = 10_000;

/** Where secrets come from: they are no part of a command line, which every user of the machine can read. */
export type Environment = Readonly<Partial<Record<string, string>>>;

/** Returns an address as it may be shown and used: without user and password. @throws SweepError `sweep.bad-address` */
export function addressOf(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    const message = 'This is no address of Redis: write redis://HOST:PORT, or rediss://HOST:PORT for TLS.';
    throw new SweepError('bad-address', message);
  }
  if (parsed.username === '' && parsed.password === '') return parsed;
  const message =
    'The address of Redis holds a user or a password, which others could read: put them into the environment, as ' +
    'ADIABIT_REDIS_USER and ADIABIT_REDIS_PASSWORD.';
  throw new SweepError('bad-address', message, { host: parsed.host });
}

/**
 * Connects to Redis. The connection comes back by itself, however long Redis is away.
 * @throws SweepError `sweep.bad-address`, `sweep.no-queue`; PackageError `package.not-installed`
 */
export async function openRedis(url: string, environment: Environment): Promise<Redis> {
  const address = addressOf(url);
  const { Redis: Client } = await withPackages('sweeps', () => import('ioredis'));
  const { ADIABIT_REDIS_USER: username, ADIABIT_REDIS_PASSWORD: password } = environment;
  const client = new Client(address.href, {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // BullMQ asks for it: its blocking commands last as long as they must.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    lazyConnect: true,
    retryStrategy: (times) => Math.min(2000, 100 * times),
  });
  let failure: unknown;
  client.on('error', (error) => (failure = error));
  try {
    await withinTime(client.connect().then(() => client.ping()));
    return client;
  } catch (error) {
    client.disconnect();
    const reason = reasonOf(failure ?? error);
    throw new SweepError('no-queue', `Redis at ${address.host} cannot be used: ${reason}.`, { host: address.host }, error);
  }
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not answer')), CONNECT_MS);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

/** Files of trials in Redis. */
export interface TrialStore {
  save(kind: StoredFile, id: string, bytes: Uint8Array): Promise<void>;
  /** Returns undefined if there is none, or one that is too large to be ours. */
  load(kind: StoredFile, id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
}

export type StoredFile = 'checkpoint' | 'model';

const keyOf = (kind: StoredFile, id: string): string => `adiabit:trial:${id}:${kind}`;

export function createTrialStore(redis: Redis): TrialStore {
  return {
    save: async (kind, id, bytes) => {
      if (bytes.length > MOST_BYTES) {
        const message = `The ${kind} of trial ${id.slice(0, 8)} has ${bytes.length} bytes, too many for Redis: use a shared folder.`;
        throw new SweepError('bad-message', message, { id, bytes: bytes.length });
      }
      await redis.set(keyOf(kind, id), Buffer.from(bytes), 'EX', KEPT_SECONDS);
    },
    load: async (kind, id) => {
      if ((await redis.strlen(keyOf(kind, id))) > MOST_BYTES) return undefined;
      return (await redis.getBuffer(keyOf(kind, id))) ?? undefined;
    },
    remove: async (id) => void (await redis.del(keyOf('checkpoint', id), keyOf('model', id))),
  };
}
