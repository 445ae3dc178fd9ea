import { afterEach, describe, expect, it } from 'vitest';
import { DataError } from '../errors.js';
import { openPool, type WorkerPool } from './pool.js';
import type { TestProtocol } from './testing/test-worker.js';
import { workerFile } from './worker-file.js';

const file = workerFile(import.meta.url, 'testing/test-worker.js');
let pool: WorkerPool<TestProtocol> | undefined;

async function open(as: 'threads' | 'processes', ...names: readonly string[]): Promise<WorkerPool<TestProtocol>> {
  const starts = names.map((name) => ({ name }));
  pool = await openPool<TestProtocol>({ file, starts, as });
  return pool;
}

afterEach(() => pool?.close());

describe.each(['threads', 'processes'] as const)('a pool of %s', (as) => {
  it('answers in the order of its workers, whoever was first', async () => {
    const { size, askAll } = await open(as, 'slow', 'quick');
    expect(size).toBe(2);
    const replies = await askAll([
      { kind: 'wait', ms: 60 },
      { kind: 'wait', ms: 0 },
    ]);
    expect(replies).toEqual(['slow waited 60 ms', 'quick waited 0 ms']);
  });

  it('lets a worker do one request after the other', async () => {
    const { ask } = await open(as, 'one');
    const order: string[] = [];
    const keep = (reply: string): number => order.push(reply);
    await Promise.all([
      ask(0, { kind: 'wait', ms: 40 }).then(keep),
      ask(0, { kind: 'wait', ms: 0 }).then(keep),
      ask(0, { kind: 'count', to: 0 }).then(keep),
    ]);
    expect(order).toEqual(['one waited 40 ms', 'one waited 0 ms', 'one counted']);
  });

  it('passes on what a worker says before its answer', async () => {
    const { ask } = await open(as, 'one');
    const said: number[] = [];
    await ask(0, { kind: 'count', to: 3 }, { onNote: (number) => said.push(number) });
    expect(said).toEqual([1, 2, 3]);
  });

  it('hands a request over before it is answered', async () => {
    const { handOver } = await open(as, 'one');
    const { reply } = await handOver(0, { kind: 'wait', ms: 30 });
    await expect(reply).resolves.toBe('one waited 30 ms');
  });

  it('throws the error of a worker with its class, code and details, and goes on', async () => {
    const { ask } = await open(as, 'one');
    const refused = ask(0, { kind: 'refuse', vector: 7 });
    await expect(refused).rejects.toBeInstanceOf(DataError);
    await expect(refused).rejects.toMatchObject({ code: 'data.bad-value', details: { vector: 7 } });
    await expect(ask(0, { kind: 'throw' })).rejects.toThrow('not an error of ours');
    await expect(ask(0, { kind: 'wait', ms: 0 })).resolves.toBe('one waited 0 ms');
  });

  it('stops on abort: requests are cancelled and the pool is closed', async () => {
    const { ask } = await open(as, 'one', 'other');
    const controller = new AbortController();
    const waiting = ask(0, { kind: 'wait', ms: 60_000 }, { signal: controller.signal });
    const beside = ask(1, { kind: 'wait', ms: 60_000 });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(beside).rejects.toMatchObject({ code: 'cancelled' });
    await expect(ask(0, { kind: 'wait', ms: 0 })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(
      open(as, 'next').then((next) => next.ask(0, { kind: 'count', to: 0 }, controller)),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('tells of a worker that ends, also later, and can be closed, twice', async () => {
    const { ask, close } = await open(as, 'one', 'other');
    await expect(ask(0, { kind: 'end' })).rejects.toThrow('ended before its answer (exit code 3)');
    await expect(ask(0, { kind: 'wait', ms: 0 })).rejects.toThrow('ended before its answer');
    await expect(ask(1, { kind: 'wait', ms: 0 })).resolves.toBe('other waited 0 ms');
    await close();
    await close();
    await expect(ask(1, { kind: 'wait', ms: 0 })).rejects.toThrow('closed');
  });

  it('does not open where a worker does not start', async () => {
    const starts = [{ name: 'good' }, { name: 'bad', fails: true }];
    await expect(openPool({ file, starts, as })).rejects.toThrow('bad does not start.');
  });
});

it('keeps processes at work when what stops a job sends a signal to all of it: the pool ends them', async () => {
  const { ask, close } = await open('processes', 'one');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    expect(await ask(0, { kind: 'signal', signal })).toBe(`one goes on after ${signal}`);
  await close();
});

it('does not open from a file that is not there', async () => {
  const missing = workerFile(import.meta.url, 'testing/no-such-worker.js');
  await expect(openPool({ file: missing, starts: [{}] })).rejects.toThrow('no-such-worker');
});
