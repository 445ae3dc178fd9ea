import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../node_modules/.bin/adiabit', import.meta.url));

const TSX = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Where it runs; here when absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input. If absent, its input stays open and says nothing. */
  readonly input?: string;
  /** Kills the process (SIGKILL) when stdout matches. */
  readonly killWhen?: RegExp;
  /** Sends SIGINT when stdout matches. */
  readonly interruptWhen?: RegExp;
}

/** Runs the built `adiabit` command in a process of its own. */
export const adiabit = (args: readonly string[], options?: CliOptions): Promise<CliResult> =>
  runNode(MAIN, args, options);

/** Runs a TypeScript file of this repository. */
export const runTypeScript = (args: readonly string[], options?: CliOptions): Promise<CliResult> =>
  runNode(TSX, args, options);

function runNode(
  main: string,
  args: readonly string[],
  { cwd, env = {}, input, killWhen, interruptWhen }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, ...env } });
    // What does not read it has ended by then.
    child.stdin.on('error', () => undefined);
    if (input !== undefined) child.stdin.end(input);
    let stdout = '';
    let stderr = '';
    let signalled = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (signalled) return;
      if (killWhen?.test(stdout) === true) signalled = child.kill('SIGKILL');
      if (interruptWhen?.test(stdout) === true) signalled = child.kill('SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
