import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script of this folder in a process of its own, as a user has it: nothing is warm. Its standard output is one JSON
 * text; progress and errors go to standard error, which is this process's.
 * @throws Error when it fails, or prints anything else
 */
export function jsonOf(file: string, ...parameters: readonly string[]): unknown {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const { status, signal, stdout, error } = spawnSync(process.execPath, ['--import', 'tsx', script, ...parameters], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const command = [file, ...parameters].join(' ');
  if (error !== undefined) throw new Error(`${command} could not be started: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command} ended with ${signal ?? `status ${status}`}; its message stands above.`);
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`${command} printed something else than JSON: ${stdout.slice(0, 200)}`, { cause });
  }
}

/**
 * Runs a tool and keeps what it prints to itself unless it fails.
 * @throws Error with all that the tool printed
 */
export function runTool(command: string, args: readonly string[], folder: string): void {
  try {
    execFileSync(command, args, { cwd: folder, stdio: 'pipe', maxBuffer: 1 << 28 });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: Buffer; stderr?: Buffer };
    const said = `${String(stdout)}${String(stderr)}`.trim();
    throw new Error(`${command} failed in ${folder}:\n${said === '' ? message : said}`, { cause: error });
  }
}
