import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { adiabit } from './cli.js';
import { writeEasyDigits } from './digits.js';

/** A folder of easy digits in `digits`, of a training on them in `whole`, and of its circuit in `digits.abit`. */
export interface TrainedDigits {
  readonly file: (name: string) => string;
  readonly home: () => Record<string, string>;
  /** The arguments of a training with the demo's recipe. */
  readonly train: (out: string, ...more: string[]) => string[];
  /** Exit code and error of a command that must fail, as a script sees them. */
  readonly failure: (...args: string[]) => Promise<Failure>;
}

interface Failure {
  readonly code: number | null;
  readonly error: string;
  readonly message: string;
}

/** Trains and compiles through the command line, once for the tests of a file. */
export function useTrainedDigits(): TrainedDigits {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const train = (out: string, ...more: string[]): string[] => [
    ...['train', '--recipe', 'mnist-demo', '--data', file('digits'), '--backend', 'wasm', '--out', file(out)],
    ...more,
  ];
  const home = (): Record<string, string> => ({ ADIABIT_HOME: file('home') });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-cli-'));
    await writeEasyDigits(file('digits'));
    const trained = await adiabit(train('whole'));
    // A busy machine is told how far it is.
    expect(trained.stderr.replaceAll(/^ {2}\w+ \d+ %.*\n/gm, '')).toBe('');
    expect(trained.code).toBe(0);
    const compiled = await adiabit(['compile', file('whole/mnist-demo.model.json'), '-o', file('digits.abit')]);
    expect(compiled.code).toBe(0);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return { file, home, train, failure: (...args) => failureWith(home(), ...args) };
}

/** The failure of a command with an environment of its own. */
export async function failureWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Failure> {
  const { code, stdout } = await adiabit([...args, '--json'], { env });
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  return { code, error: error.code, message: error.message };
}
