import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encode } from '@msgpack/msgpack';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Router } from '../host/router.js';
import { forkProcess } from '../host/service-process.js';
import { Services } from '../host/services.js';
import { PageSockets } from './socket.js';

const MEGABYTE = 2 ** 20;

it('cuts a page off that asks and does not read, and serves the others', async () => {
  const services = new Services(forkProcess, { stateFolder: '/none' }, () => undefined);
  const version = 'v'.repeat(MEGABYTE);
  const router = new Router(services, {
    appInfo: () => ({ version, face: 'studio', hasDialogs: false }),
    openBitstreams: () => [],
  });
  const sockets = new PageSockets(router, 'token');
  const server = createServer().on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, ['adiabit', 'token'], {
      origin: `http://127.0.0.1:${port}`,
    });
    await once(socket, 'open');
    return socket;
  };
  const ask = (socket: WebSocket, id: number): void =>
    socket.send(encode({ kind: 'call', id, method: 'appInfo', params: {} }), () => undefined);
  try {
    const [deaf, other] = [await open(), await open()];
    const ended = once(deaf, 'close');
    deaf.on('error', () => undefined);
    deaf.pause();
    for (let id = 0; id < 200; id++) ask(deaf, id);
    ask(other, 1);
    await once(other, 'message');
    await expect.poll(() => sockets.pages, { timeout: 10_000 }).toBe(1);
    deaf.resume();
    await ended;
    expect(process.memoryUsage().rss).toBeLessThan(1500 * MEGABYTE);
  } finally {
    sockets.close();
    server.close();
  }
});
