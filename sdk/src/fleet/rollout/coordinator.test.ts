import { CancelledError } from '@adiabit/simulator/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryBroker } from '../broker/memory.js';
import {
  Mailbox,
  type Connection,
  type Desired,
  type Outcome,
  type Reported,
  type RolloutDefinition,
} from '../contract/index.js';
import { driveRollout } from './coordinator.js';
import { commandRollout, readRollouts } from './operate.js';

const NEW = 'a'.repeat(64);
const OLD = 'b'.repeat(64);
const LEASE_SECONDS = 1;
const CHIPS = ['0a', '0b', '0c', '0d'];

const definition: RolloutDefinition = {
  version: 1,
  id: 'spring',
  name: 'spring',
  circuit: NEW,
  blob: { digest: 'c'.repeat(64), bytes: 100 },
  targets: { kind: 'all' },
  groups: [50, 50].map((percent) => ({
    size: { kind: 'percent', percent },
    successPercent: 100,
    errorPercent: 0,
    approval: false,
  })),
  retries: 0,
  unreachableAfterSeconds: 60,
  canary: { inferences: 8 },
  onError: 'pause',
  createdAtMs: 0,
};

/** A gateway that says at once what a rule says of every wish. */
async function gateway(
  connection: Connection,
  resultOf: (chip: string, wish: Desired) => Outcome['result'] | undefined,
) {
  const mailbox = new Mailbox(connection);
  const wishes: (readonly [chip: string, wish: Desired])[] = [];
  const report = (chip: string, confirmed: string, outcome?: Outcome): Promise<void> => {
    const reported: Reported = {
      version: 1,
      gateway: 'bench',
      present: true,
      port: chip,
      tags: [],
      board: {
        kind: 'host',
        firmware: { major: 1, minor: 0 },
        protocol: { major: 1, minor: 2 },
        slotBytes: 1000,
        workBytes: 1000,
        checksSignatures: false,
      },
      slots: [{ state: 'confirmed', bytes: 100, digest: confirmed, sequence: 1, erases: 1 }],
      active: confirmed,
      confirmed,
      ...(outcome === undefined ? {} : { outcome }),
      atMs: 0,
    };
    return mailbox.publish('reported', { chip }, reported);
  };
  await mailbox.subscribe('desired', {}, ({ ids: { chip }, payload }) => {
    if (payload === undefined) return;
    wishes.push([chip, payload]);
    const result = resultOf(chip, payload);
    if (result === undefined) return;
    const error = result === 'succeeded' ? {} : { error: { code: 'flash.self-test-failed', message: 'no' } };
    const outcome: Outcome = {
      wish: payload.id,
      result,
      step: 'confirm',
      attempts: 1,
      durationMs: 1,
      atMs: 0,
      ...error,
    };
    void report(chip, result === 'succeeded' ? payload.circuit : OLD, outcome);
  });
  for (const chip of CHIPS) await report(chip, OLD);
  await mailbox.publish(
    'gatewayState',
    { gateway: 'bench' },
    {
      version: 1,
      online: true,
      session: '0'.repeat(16),
      startedAtMs: 0,
      software: '0',
      tags: [],
      boards: CHIPS,
      refused: [],
      cacheBytes: 0,
      dropped: 0,
      atMs: 0,
    },
  );
  return { wishes, report };
}

/** A connection that can be cut, as that of a process is that dies: nothing comes, and nothing is ever done. */
function mortal(connection: Connection): Connection & { die(): void } {
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  return {
    publish: (...given) => (isDead ? never : connection.publish(...given)),
    subscribe: (filter, listener) =>
      isDead
        ? never
        : connection.subscribe(filter, (topic, payload) => {
            if (!isDead) listener(topic, payload);
          }),
    onReconnect: (listener) => connection.onReconnect(listener),
    die: () => (isDead = true),
  };
}

describe('a coordinator', () => {
  let connect: () => Connection;
  let mailbox: Mailbox;
  let stop: AbortController;
  beforeEach(async () => {
    connect = memoryBroker();
    mailbox = new Mailbox(connect());
    stop = new AbortController();
    await mailbox.publish('rolloutDefinition', { rollout: 'spring' }, definition);
  });
  const drive = (connection = connect()) =>
    driveRollout({ connection, rollout: 'spring', signal: stop.signal, leaseSeconds: LEASE_SECONDS });
  const start = () => commandRollout(mailbox, 'spring', 'start', { answerMs: 0 });
  const viewed = async () => (await readRollouts(mailbox, 'spring')).get('spring')!;

  it('makes the wishes of a rollout, group by group, and keeps where it stands', async () => {
    const { wishes } = await gateway(connect(), () => 'succeeded');
    await start();
    const state = await drive();
    expect(state.phase).toBe('finished');
    expect(wishes.length).toBe(4);
    const [chip, wish] = wishes[0];
    expect(CHIPS).toContain(chip);
    expect(wish).toMatchObject({ id: 'spring.on.1', circuit: NEW, blob: definition.blob, previous: OLD });
    expect(wish.canary?.inferences).toBe(8);
    const view = await viewed();
    expect(view.state).toEqual(state);
    expect(view.claim).toBeUndefined();
  });

  it('stops where a group fails, and goes on when it is told to', async () => {
    const { wishes } = await gateway(connect(), () => (wishes.length === 1 ? 'failed' : 'succeeded'));
    await start();
    const driven = drive();
    while ((await viewed()).state?.phase !== 'paused');
    expect(wishes.length).toBe(2);
    expect((await commandRollout(mailbox, 'spring', 'resume'))?.pause).toBeUndefined();
    const state = await driven;
    expect(Object.values(state.targets).filter(({ phase }) => phase === 'failed').length).toBe(1);
  });

  it('is followed by another when it dies, which goes on and makes no wish twice that is not the same', async () => {
    const { wishes, report } = await gateway(connect(), () => undefined);
    await start();
    const first = mortal(connect());
    void drive(first);
    while (wishes.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    first.die();
    const second = drive();
    const answered = new Set<string>();
    while (answered.size < 4) {
      for (const [chip, { id }] of wishes) {
        if (answered.has(chip)) continue;
        answered.add(chip);
        const outcome = {
          wish: id,
          result: 'succeeded',
          step: 'confirm',
          attempts: 1,
          durationMs: 1,
          atMs: 0,
        } as const;
        await report(chip, NEW, outcome);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await second).phase).toBe('finished');
    expect(new Set(wishes.map(([chip, { id }]) => `${chip} ${id}`)).size).toBe(4);
  });

  it('waits while another one drives', async () => {
    const { wishes } = await gateway(connect(), () => undefined);
    await start();
    const both = [drive(), drive()];
    while (wishes.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 500 * LEASE_SECONDS));
    expect(wishes.length).toBe(2);
    await commandRollout(mailbox, 'spring', 'abort');
    expect((await Promise.all(both)).map(({ phase }) => phase)).toEqual(['aborted', 'aborted']);
  });

  it('takes back its own wishes when it is aborted, and no others', async () => {
    const { wishes } = await gateway(connect(), () => undefined);
    await start();
    const driven = drive();
    while (wishes.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const [[mine], [theirs]] = wishes;
    await mailbox.publish('desired', { chip: theirs }, { version: 1, id: 'another', circuit: OLD });
    await commandRollout(mailbox, 'spring', 'abort');
    expect((await driven).phase).toBe('aborted');
    const left: string[] = [];
    await mailbox.subscribe('desired', {}, ({ ids: { chip } }) => left.push(chip));
    expect(left).toEqual([theirs]);
    expect(mine).not.toBe(theirs);
  });

  it('gives up its claim when it is stopped, so that the next one need not wait', async () => {
    await gateway(connect(), () => undefined);
    await start();
    const driven = drive();
    while ((await viewed()).state?.phase !== 'running');
    stop.abort();
    await expect(driven).rejects.toThrow(CancelledError);
    expect((await viewed()).claim).toBeUndefined();
  });

  it('says that there is no such rollout, and that an earlier command would be lost', async () => {
    const other = driveRollout({ connection: connect(), rollout: 'summer', signal: stop.signal, leaseSeconds: 1 });
    await expect(other).rejects.toMatchObject({ code: 'fleet.rollout-unknown' });
    await start();
    const late = commandRollout(mailbox, 'spring', 'pause', { answerMs: 0 });
    await expect(late).rejects.toMatchObject({ code: 'fleet.rollout-waits' });
  });
});
