import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, connect } from 'node:net';

/** A Redis of our own: on 127.0.0.1, on a free port, with its append-only file in a folder. */
export interface RedisServer {
  readonly url: string;
  /** Ends it, and starts it again on the same port from what its file holds. */
  restart(signal: 'SIGKILL' | 'SIGTERM', awayMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

/** Starts it; every command is on the disk before it is answered. */
export async function startRedis(folder: string, password?: string): Promise<RedisServer> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = spawn('redis-server', [...settings, ...durable, ...secret], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (await answers(port)) return started;
      await sleep(50);
    }
    throw new Error('redis-server does not start.');
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    restart: async (signal, awayMs = 500) => {
      await end(signal);
      await sleep(awayMs);
      child = await start();
    },
    stop: () => end('SIGKILL'),
  };
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
