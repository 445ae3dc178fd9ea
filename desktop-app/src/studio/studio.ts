import { AppError } from '@adiabit/simulator/errors';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startFirstBoard } from '../host/first-board.js';
import { Router } from '../host/router.js';
import { forkProcess, type StartProcess } from '../host/service-process.js';
import { Services } from '../host/services.js';
import { servePage } from './http.js';
import { PageSockets } from './socket.js';

export interface StudioOptions {
  /** The folder for what is kept: library, trainings, emulated boards. */
  readonly stateFolder: string;
  /** If absent, a free one. */
  readonly port?: number;
  /** A folder of more boards than come with Adiabit. */
  readonly boardsFolder?: string;
  /** A folder with data sets. */
  readonly dataFolder?: string;
  /** Bitstreams to take into the library, and again whenever they change. */
  readonly watchedFiles?: readonly string[];
  /** An emulated board to start if there is none yet. */
  readonly emulatedBoard?: string;
  readonly version: string;
  /** How services are started. If absent, as child processes. */
  readonly startProcess?: StartProcess;
}

/** A studio that runs. */
export interface Studio {
  /** The address of the page, with the token that lets it in. */
  readonly url: string;
  readonly port: number;
  readonly services: Services;
  /** Ends all processes and connections. */
  close(): Promise<void>;
}

/**
 * Serves the app on 127.0.0.1: the page over HTTP, and everything else over a WebSocket that only the holder of the token can open.
 * @throws AppError `app.not-now` if the port is taken
 */
export async function openStudio(options: StudioOptions): Promise<Studio> {
  const { port = 0, version, startProcess = forkProcess, emulatedBoard } = options;
  const token = randomBytes(32).toString('base64url');
  const { stateFolder, boardsFolder, dataFolder, watchedFiles } = options;
  const start = {
    stateFolder,
    ...(boardsFolder === undefined ? {} : { boardsFolder }),
    ...(dataFolder === undefined ? {} : { dataFolder }),
    ...(watchedFiles === undefined ? {} : { watchedFiles }),
  };
  const services: Services = new Services(startProcess, start, (event, data) => sockets.emit(event, data));
  const router = new Router(services, {
    appInfo: () => ({
      version,
      face: 'studio',
      hasDialogs: false,
      ...(dataFolder === undefined ? {} : { dataFolder }),
    }),
    openBitstreams: () => {
      throw new AppError('not-now', 'A browser opens its own dialogs. Drop the file on the page.');
    },
  });
  const sockets = new PageSockets(router, token);
  const server = createServer((request, response) => void servePage(request, response));
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new AppError('not-now', `The studio cannot listen on port ${port}: ${error.message}. Choose another one.`, {
          port,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  if (emulatedBoard !== undefined) await startFirstBoard(router, emulatedBoard);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}/#${token}`,
    port: actual,
    services,
    close: async () => {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await services.close();
    },
  };
}
