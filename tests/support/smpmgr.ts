import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import type { InProcessBoard } from '@adiabit/simulator/boards';

/** What a run of smpmgr came to. */
export interface SmpmgrRun {
  readonly status: number;
  /** All that it printed, on one line. */
  readonly text: string;
}

const TIMEOUT_S = 30;

/** Runs smpmgr (PyPI) on a serial port, as somebody would who has never heard of us. */
export function smpmgr(port: string, ...parameters: readonly string[]): Promise<SmpmgrRun> {
  return new Promise((resolve) => {
    execFile(
      'smpmgr',
      ['--port', port, '--timeout', String(TIMEOUT_S), ...parameters],
      { env: { ...process.env, COLUMNS: '400', NO_COLOR: '1', TERM: 'dumb' } },
      (error, stdout, stderr) =>
        resolve({
          status: error === null ? 0 : Number(error.code ?? 1),
          text: `${stdout}${stderr}`.replaceAll(/\s+/g, ' '),
        }),
    );
  });
}

/** An image as smpmgr lists it. */
export interface ListedImage {
  readonly slot: number;
  readonly hash: string;
  readonly flags: readonly string[];
}

/** Has smpmgr list the images of a device. */
export async function listImages(port: string): Promise<readonly ListedImage[]> {
  const { status, text } = await smpmgr(port, 'image', 'state-read');
  if (status !== 0) throw new Error(text);
  return [...text.matchAll(/ImageState\(\s?slot=(\d)(.*?)hash=HashBytes\('([0-9A-F]+)'\)(.*?)\)/g)].map((match) => ({
    slot: Number(match[1]),
    hash: match[3].toLowerCase(),
    flags: ['pending', 'confirmed', 'active'].filter((flag) => match[4].includes(`${flag}=True`)),
  }));
}

/** Puts the line of an emulated board behind a TCP port of this computer. */
export async function serveBoard(board: InProcessBoard): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    const stop = board.onData((bytes) => socket.write(bytes));
    socket.on('data', (bytes) => board.write(bytes));
    socket.on('close', stop);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, server };
}
