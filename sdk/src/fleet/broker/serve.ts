import { createServer, type Server, type Socket } from 'node:net';
import { withPackages } from '../../packages/features.js';
import { reasonOf } from '../../files.js';
import { FleetError } from '../errors.js';
import { RetainedFolder } from './retained-folder.js';

export interface ServeOptions {
  /** If absent, 127.0.0.1: nobody else reaches it. */
  readonly host?: string;
  /** If absent, 1883; 0 for one that is free. */
  readonly port?: number;
  /** Keeps retained messages from one start to the next. If absent, they end with the broker. */
  readonly stateFolder?: string;
  /** If given, who does not say these is not let in. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** A broker that runs in this process. */
export interface EmbeddedBroker {
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 1883;
const LOOPBACK = '127.0.0.1';
const BAD_LOGIN = 4;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/**
 * Starts a broker for a laptop: MQTT 3.1.1, without TLS. In production a broker such as mosquitto takes its place.
 * @throws FleetError `fleet.port-taken`, `fleet.bad-option` for an address that others reach, without a login; FileError and DataError for the folder; PackageError `package.not-installed`
 */
export async function serveBroker(options: ServeOptions = {}): Promise<EmbeddedBroker> {
  const { host = LOOPBACK, port = DEFAULT_PORT, stateFolder, login } = options;
  if (login === undefined && !isLoopback(host)) {
    const message = `Whoever reaches the broker on ${host} decides what boards run: give it a user and a password.`;
    throw new FleetError('bad-option', message, { host });
  }
  const { Aedes } = await withPackages('fleet', () => import('aedes'));
  const broker = await Aedes.createBroker({
    ...(login === undefined
      ? {}
      : {
          authenticate: (_client, user, password, done) => {
            if (user === login.user && password?.toString() === login.password) done(null, true);
            else done(Object.assign(new Error('unknown user or password'), { returnCode: BAD_LOGIN }), null);
          },
        }),
  });
  const retained = stateFolder === undefined ? undefined : await RetainedFolder.open(stateFolder);
  for (const { topic, payload } of retained?.messages ?? []) {
    await new Promise<void>((resolve, reject) => {
      const packet = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: 1,
        retain: true,
        dup: false,
      } as const;
      broker.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }
  broker.on('publish', ({ topic, payload, retain }, client) => {
    if (retain && client !== null) void retained?.keep(topic, Buffer.from(payload));
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await listen(server, host, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await retained?.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `The broker cannot listen on ${host}:${port}: ${reasonOf(error)}. Choose another port.`;
      reject(new FleetError('port-taken', message, { host, port }, error));
    });
    server.listen(port, host, resolve);
  });
}
