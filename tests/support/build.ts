import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds before the tests, so that tests of the command line never run a stale build. */
export default function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [compiler, '-b'], { cwd: root, stdio: 'inherit' });
}
