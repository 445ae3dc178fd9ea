import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const PACKAGES = ['simulator', 'firmware-templates', 'sdk'];

let project: string;

/** Packs our packages and unpacks them where a user's would lie; what they need is linked from this repository. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'adiabit-user-'));
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, '@adiabit'), { recursive: true });
  for (const entry of await readdir(join(root, 'node_modules'))) {
    if (entry !== '@adiabit') await symlink(join(root, 'node_modules', entry), join(modules, entry));
  }
  const workspaces = PACKAGES.flatMap((name) => ['-w', name]);
  const pack = ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', project];
  await run('npm', [...pack, ...workspaces], { cwd: root });
  for (const name of PACKAGES) {
    const folder = join(modules, '@adiabit', name);
    await mkdir(folder);
    await run('tar', ['xzf', join(project, `adiabit-${name}-0.1.0.tgz`), '-C', folder, '--strip-components', '1']);
  }
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
});

afterAll(() => rm(project, { recursive: true }));

async function doors(): Promise<readonly string[]> {
  const of = async (name: string): Promise<readonly string[]> => {
    const text = await readFile(join(project, 'node_modules/@adiabit', name, 'package.json'), 'utf8');
    const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, unknown>> };
    return Object.keys(exports).map((door) => `@adiabit/${name}${door.slice(1)}`);
  };
  return [...(await of('simulator')), ...(await of('sdk'))];
}

/** What the compiler has to say of a strict project that checks libraries too. */
async function compile(
  imported: readonly string[],
  moduleResolution: 'node16' | 'bundler',
): Promise<readonly string[]> {
  const lines = imported.map((door, index) => `export * as door${index} from '${door}';`);
  await writeFile(join(project, 'user.ts'), `${lines.join('\n')}\n`);
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
    moduleResolution,
    module: moduleResolution === 'bundler' ? 'esnext' : 'node16',
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const outcome = run(process.execPath, [compiler, '-p', project], { cwd: project, maxBuffer: 1 << 24 });
  const { stdout } = await outcome.catch((error: unknown) => error as { readonly stdout: string });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.each(['node16', 'bundler'] as const)('a strict user project that resolves modules as %s', (resolution) => {
  it('compiles against every door, the declarations of libraries included', async () => {
    const imported = await doors();
    expect(imported.length).toBeGreaterThan(20);
    expect(await compile(imported, resolution)).toEqual([]);
  });
});
