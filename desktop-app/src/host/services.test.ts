import { describe, expect, it } from 'vitest';
import type { CallMessage } from '../common/envelope.js';
import { Router } from './router.js';
import type { ServiceProcess, StartProcess } from './service-process.js';
import { Services } from './services.js';

/** A process that keeps what it is sent, and answers and ends when it is told to. */
class Puppet implements ServiceProcess {
  readonly pid = 1;
  readonly calls: CallMessage[] = [];
  #message: (message: unknown) => void = () => undefined;
  #exit: (reason: string) => void = () => undefined;

  post = (message: unknown): void => void this.calls.push(message as CallMessage);
  onMessage = (listener: (message: unknown) => void): void => void (this.#message = listener);
  onExit = (listener: (reason: string) => void): void => void (this.#exit = listener);

  say(message: unknown): void {
    this.#message(message);
  }

  end(reason: string): void {
    this.#exit(reason);
  }

  close(): Promise<void> {
    this.end('closed');
    return Promise.resolve();
  }
}

function opened() {
  const puppets: Puppet[] = [];
  const events: (readonly [string, unknown])[] = [];
  const start: StartProcess = () => {
    puppets.push(new Puppet());
    return puppets[puppets.length - 1];
  };
  const services = new Services(start, { stateFolder: '/none' }, (event, data) => events.push([event, data]));
  return { services, puppets, events };
}

const answer = ({ id }: CallMessage, value: unknown): unknown => ({ kind: 'answer', id, outcome: { ok: true, value } });

describe('Services', () => {
  it('start a service with the first call, and give each caller its own answer', async () => {
    const { services, puppets } = opened();
    const [first, second] = [services.call('bench', 'one', {}), services.call('bench', 'two', {})];
    expect(puppets).toHaveLength(1);
    const [one, two] = puppets[0].calls;
    puppets[0].say(answer(two, 2));
    puppets[0].say(answer(one, 1));
    expect(await first).toEqual({ ok: true, value: 1 });
    expect(await second).toEqual({ ok: true, value: 2 });
  });

  it('answer all callers of a service that ends, say so, and start it anew with the next call', async () => {
    const { services, puppets, events } = opened();
    const pending = [services.call('bench', 'one', {}), services.call('bench', 'two', {})];
    puppets[0].end('SIGKILL');
    for (const outcome of await Promise.all(pending)) {
      expect(outcome).toMatchObject({
        ok: false,
        error: { code: 'app.service-stopped', details: { reason: 'SIGKILL' } },
      });
    }
    const again = services.call('bench', 'one', {});
    expect(puppets).toHaveLength(2);
    puppets[1].say(answer(puppets[1].calls[0], 'back'));
    expect(await again).toEqual({ ok: true, value: 'back' });
    expect(events.map(([, data]) => (data as { readonly state: string }).state)).toEqual([
      'running',
      'stopped',
      'running',
    ]);
  });

  it('let one service go on while another one has ended', async () => {
    const { services, puppets } = opened();
    const inBench = services.call('bench', 'one', {});
    const inLab = services.call('lab', 'one', {});
    puppets[0].end('status 1');
    puppets[1].say(answer(puppets[1].calls[0], 'lab'));
    expect(await inBench).toMatchObject({ ok: false });
    expect(await inLab).toEqual({ ok: true, value: 'lab' });
  });

  it('pass events on, and take no answer for one that nobody waits for', () => {
    const { services, puppets, events } = opened();
    void services.call('bench', 'one', {});
    puppets[0].say({ kind: 'event', event: 'devices', data: [] });
    puppets[0].say({ kind: 'answer', id: 99, outcome: { ok: true } });
    expect(events).toContainEqual(['devices', []]);
  });

  it('answer whoever still waits when they are closed, and take no calls after that', async () => {
    const { services } = opened();
    const pending = services.call('bench', 'one', {});
    await services.close();
    expect(await pending).toMatchObject({ ok: false, error: { code: 'app.not-now' } });
    expect(await services.call('bench', 'one', {})).toMatchObject({ ok: false, error: { code: 'app.not-now' } });
  });
});

describe('Router', () => {
  const info = { version: '1', face: 'studio', hasDialogs: false } as const;
  const routed = () => {
    const { services, puppets } = opened();
    return {
      router: new Router(services, { appInfo: () => info, openBitstreams: () => Promise.reject(new Error('lost')) }),
      puppets,
    };
  };

  it('has methods of the host done here, and those of services there, with values that were checked', async () => {
    const { router, puppets } = routed();
    expect(await router.call('appInfo', {})).toEqual({ ok: true, value: info });
    void router.call('renameDevice', { device: 'a', name: '  Pico  ' });
    expect(puppets[0].calls).toMatchObject([{ method: 'renameDevice', params: { device: 'a', name: 'Pico' } }]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'valueOf', '', 'appinfo', 7, undefined, null, Symbol('a'), {}])(
    'knows no method %s',
    async (method) => {
      const { router, puppets } = routed();
      expect(await router.call(method, {})).toMatchObject({ ok: false, error: { code: 'app.bad-request' } });
      expect(puppets).toHaveLength(0);
    },
  );

  it('starts no service for values that are wrong, and says which', async () => {
    const { router, puppets } = routed();
    const outcome = await router.call('renameDevice', { device: 'a', name: '' });
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'app.bad-request', message: expect.stringContaining('name') as string },
    });
    expect(puppets).toHaveLength(0);
  });

  it('never rejects: a fault of the host is an outcome', async () => {
    const { router } = routed();
    expect(await router.call('openBitstreams', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
  });
});
