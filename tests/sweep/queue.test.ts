/** Sweeps over a queue: a real Redis and real workers, killed and restarted. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQueueWorker, type QueueWorkerOptions } from '../../sdk/src/sweep/queue-worker.js';
import { runSweepCampaign } from '../campaigns/sweep-run.js';
import { adiabit } from '../support/cli.js';
import { writeBars, writeProject } from '../support/project.js';
import { freePort, startRedis, type RedisServer } from '../support/redis.js';

const SWEEP = 'sweep.config.json';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-queue-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('ends every trial once, with the bytes of an undisturbed run, while workers are killed and Redis is restarted', async () => {
  const tally = await runSweepCampaign({
    folder: join(folder, 'campaign'),
    trials: 4,
    workers: 2,
    killEveryMs: 12_000,
    restarts: 2,
    examples: 300,
  });
  expect(tally).toMatchObject({ finished: 4, outcomes: 4, different: [], redisRestarts: 2, repeatedEpochs: 0 });
}, 300_000);

describe('a queue with a password', () => {
  const PASSWORD = 'not on a command line';
  const env = { ADIABIT_REDIS_PASSWORD: PASSWORD };
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis(join(folder, 'redis'), PASSWORD);
    await writeProject(folder);
    const sweep = { name: 'bars', space: { batchSize: { values: [10] } } };
    await writeFile(join(folder, SWEEP), JSON.stringify(sweep));
  });
  afterAll(() => redis.stop());

  const work = (
    options: Pick<QueueWorkerOptions, 'signal' | 'onBegin' | 'onEpoch'> & { readonly isShared?: boolean },
  ) =>
    runQueueWorker({
      url: redis.url,
      environment: env,
      workers: 1,
      projectFolder: folder,
      workFolder: join(folder, 'work'),
      isShared: false,
      ...options,
    });

  it('lets in who has it in the environment, and nobody else', async () => {
    const without = await adiabit(['worker', '--redis', redis.url], { cwd: folder });
    expect(without.stderr).toContain('sweep.no-queue');
    const within = await adiabit(['worker', '--redis', redis.url.replace('//', `//:${PASSWORD}@`)], { cwd: folder });
    expect(within.stderr).toContain('sweep.bad-address');
    expect(within.stderr).not.toContain(PASSWORD);
  });

  it('refuses messages that are no trials, and leaves the worker at work', async () => {
    const connection = new Redis(redis.url, { password: PASSWORD, maxRetriesPerRequest: null });
    const queue = new Queue('adiabit-trials', { connection });
    const hostile = ['', 'null', '{"format":"adiabit-trial","version":1}', 'x'.repeat(2_000_000), '{"__proto__":{}}'];
    const ids = hostile.map((_, index) => `hostile-${index}`);
    for (const [index, job] of hostile.entries()) await queue.add('trial', { job }, { jobId: ids[index] });
    await queue.add('trial', { other: 1 }, { jobId: 'hostile-other' });
    await queue.add('trial', [1, 2], { jobId: 'hostile-array' });
    const all = [...ids, 'hostile-other', 'hostile-array'];
    const stop = new AbortController();
    const begun: string[] = [];
    const worker = work({ signal: stop.signal, onBegin: ({ id }) => begun.push(id) });
    for (let waited = 0; (await queue.getFailedCount()) < all.length && waited < 300; waited++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const states = await Promise.all(all.map((id) => queue.getJobState(id)));
    expect(states).toEqual(all.map(() => 'failed'));
    const reasons = await Promise.all(all.map(async (id) => (await queue.getJob(id))?.failedReason ?? ''));
    for (const reason of reasons) expect(reason).toMatch(/^The trial cannot be taken: /);
    const sweep = await adiabit(['sweep', SWEEP, '--out', 'out', '--redis', redis.url], { cwd: folder, env });
    expect(sweep.code).toBe(0);
    expect(begun).toHaveLength(1);
    stop.abort();
    await worker;
    await queue.close();
    connection.disconnect();
  });

  it('goes on in another worker when one is stopped, by checkpoints in a folder that they share', async () => {
    const connection = new Redis(redis.url, { password: PASSWORD });
    const sweep = adiabit(['sweep', SWEEP, '--out', 'shared', '--redis', redis.url], { cwd: folder, env });
    const first = new AbortController();
    await work({ signal: first.signal, isShared: true, onEpoch: () => first.abort() });
    expect(await connection.keys('adiabit:trial:*')).toEqual([]);
    const second = new AbortController();
    const epochsDone: number[] = [];
    const other = work({ signal: second.signal, isShared: true, onBegin: (_, done) => epochsDone.push(done) });
    expect((await sweep).code).toBe(0);
    second.abort();
    await other;
    connection.disconnect();
    expect(epochsDone).toHaveLength(1);
    expect(epochsDone[0]).toBeGreaterThan(0);
    const outcome = join('trials', (await readdir(join(folder, 'out/trials')))[0], 'result.json');
    expect(await readFile(join(folder, 'shared', outcome), 'utf8')).toBe(
      await readFile(join(folder, 'out', outcome), 'utf8'),
    );
  });

  it('refuses to train on other data than the sweep has, and leaves the trial to others', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await writeBars(join(elsewhere, 'bars'), 90);
    const sweep = adiabit(['sweep', SWEEP, '--out', 'kept', '--redis', redis.url], { cwd: folder, env });
    const never = new AbortController().signal;
    const options = { url: redis.url, environment: env, workers: 1, isShared: false, signal: never };
    const wrong = runQueueWorker({ ...options, projectFolder: elsewhere, workFolder: join(elsewhere, 'work') });
    await expect(wrong).rejects.toMatchObject({ code: 'sweep.other-inputs' });
    const stop = new AbortController();
    const right = work({ signal: stop.signal });
    expect((await sweep).code).toBe(0);
    stop.abort();
    await right;
  });
});

it('says where Redis was looked for when there is none', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const { code, stderr } = await adiabit(['worker', '--redis', url], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Redis at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*sweep\.no-queue/s);
});
