import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folders of what is published. */
export const PUBLISHED = ['simulator', 'firmware-templates', 'sdk', 'sdk/create', 'desktop-app'] as const;
export type Published = (typeof PUBLISHED)[number];

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** What `npm pack` says that it packed. */
export interface Packed {
  readonly name: string;
  readonly filename: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly integrity: string;
  readonly files: readonly PackedFile[];
}

export const run = promisify(execFile);

/** Packs packages as they are built. @param options of npm, such as `--dry-run` @param from the root of a checkout */
export async function pack(
  names: readonly string[],
  options: readonly string[],
  from = root,
): Promise<readonly Packed[]> {
  const workspaces = names.flatMap((name) => ['-w', name]);
  const args = ['pack', '--json', '--offline', '--ignore-scripts', ...options, ...workspaces];
  const { stdout } = await run('npm', args, { cwd: from, maxBuffer: 1 << 26 });
  // An array, and from npm 11.17 on an object by name.
  return Object.values(JSON.parse(stdout) as Readonly<Record<string, Packed>>);
}

export interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
}

export const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** Counts the bytes of the files of a folder. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}
