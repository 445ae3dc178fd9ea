import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, type Page } from './page.js';

export interface Printed {
  readonly code: number;
  readonly text: string;
}

/** The folder in which the blocks of a page run, one after the other, as a reader would run them in a checkout. */
export class PageFolder {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(page: Page): Promise<PageFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'adiabit-page-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    for (const { from, to } of page.given) {
      await mkdir(dirname(join(folder, to)), { recursive: true });
      await cp(join(ROOT, from), join(folder, to), { recursive: true });
    }
    // npx takes a second to find what is there.
    await mkdir(join(folder, '.tools'));
    await writeFile(
      join(folder, '.tools/npx'),
      `#!/bin/sh\ntool=$1; shift; exec "${ROOT}node_modules/.bin/$tool" "$@"\n`,
    );
    await chmod(join(folder, '.tools/npx'), 0o755);
    return new PageFolder(folder);
  }

  get path(): string {
    return this.#folder;
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.#folder, file)), { recursive: true });
    await writeFile(join(this.#folder, file), text);
  }

  /** Runs a script in a shell of its own, and gives what it printed on both of its outputs. */
  run(script: string): Promise<Printed> {
    const path = [join(this.#folder, '.tools'), join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':');
    const env = { ...process.env, PATH: path, ADIABIT_HOME: join(this.#folder, '.adiabit'), NO_COLOR: '1' };
    for (const name of ['CI', 'VITEST', 'NODE_ENV', 'FORCE_COLOR']) Reflect.deleteProperty(env, name);
    return promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
      cwd: this.#folder,
      env,
      maxBuffer: 1 << 26,
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: unknown) => {
        const { code, stdout } = error as { code: number; stdout: string };
        return { code, text: stdout };
      },
    );
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
