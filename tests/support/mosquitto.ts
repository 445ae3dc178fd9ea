import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A mosquitto of a test. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
}

/** Finds a port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts mosquitto, and waits until it listens.
 * @param folder for its configuration
 * @param lines of the configuration, or a function that makes them for the port; if absent, everybody is let in
 */
export async function startMosquitto(
  folder: string,
  lines: (port: number) => readonly string[] = (port) => [`listener ${port} 127.0.0.1`, 'allow_anonymous true'],
  port?: number,
): Promise<Mosquitto> {
  const listening = port ?? (await freePort());
  const config = join(folder, `mosquitto-${listening}.conf`);
  await writeFile(config, `${[...lines(listening), 'user root', 'max_queued_messages 0'].join('\n')}\n`);
  const broker = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  broker.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const ended = new Promise<void>((resolve) => broker.once('close', () => resolve()));
  while (!(await answers(listening))) {
    if (broker.exitCode !== null) throw new Error(`mosquitto ended: ${log}`);
    await wait(20);
  }
  return {
    port: listening,
    url: `mqtt://127.0.0.1:${listening}`,
    pid: broker.pid!,
    kill: () => {
      broker.kill('SIGKILL');
      return ended;
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
