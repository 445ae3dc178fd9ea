import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { resolveLayers } from '../src/train/network/network.js';
import type { TrainCase } from './train-cases.js';

const script = fileURLToPath(new URL('pytorch-side.py', import.meta.url));

/** A network in PyTorch that trains a round when asked. */
export interface PytorchSide {
  readonly version: string;
  /** @returns samples per second of processor time */
  round(): Promise<number>;
  close(): void;
}

/**
 * Starts Python (`PYTHON` in the environment, else `python3`) with the case's network, real-valued. What prepares inputs is
 * left out.
 *
 * @throws Error when there is no Python or it has no PyTorch
 */
export async function openPytorch({ network, batchSize, batches }: TrainCase): Promise<PytorchSide> {
  const python = spawn(process.env['PYTHON'] ?? 'python3', ['-W', 'ignore', script], {
    stdio: 'pipe',
  });
  const lines = createInterface({ input: python.stdout });
  const ended = new Promise<never>((_, reject) => {
    let said = '';
    python.stderr.on('data', (text: Buffer) => (said += text.toString()));
    // The last line of a traceback names what was missing.
    const refuse = (why: string): void => reject(new Error(`${why} (PYTHON=... names a Python that has PyTorch)`));
    python.on('error', ({ message }) => refuse(message));
    python.on('close', (status) => refuse(said.trim().split('\n').pop() || `Python ended with status ${status}`));
  });
  const ask = async (line: string): Promise<Record<string, unknown>> => {
    python.stdin.write(line + '\n');
    const [text] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    return JSON.parse(text) as Record<string, unknown>;
  };
  python.stdin.on('error', () => undefined);
  ended.catch(() => undefined);
  const { version } = await ask(JSON.stringify({ layers: resolveLayers(network), batchSize, batches }));
  return {
    version: String(version),
    round: async () => Number((await ask('round'))['speed']),
    close: () => python.kill(),
  };
}
