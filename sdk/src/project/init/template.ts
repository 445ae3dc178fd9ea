import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FEATURES } from '../../packages/features.js';
import { VERSION } from '../../version.js';

const FOLDER = fileURLToPath(new URL('../../../templates/project', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** Packages that run a project's tests, in versions that run on the oldest Node that the SDK does. */
const testing = { vitest: '~4.1.12' };

/** What the files of a template speak of. */
export interface TemplateValues {
  readonly name: string;
  readonly board: string;
  readonly boardName: string;
}

/** Returns the files of a new project by their paths, which have slashes. */
export function templateFiles({ name, board, boardName }: TemplateValues): ReadonlyMap<string, string> {
  const nameInC = name.replaceAll('-', '_');
  const values: Readonly<Record<string, string>> = {
    name,
    board,
    boardName,
    name_c: nameInC,
    NAME: nameInC.toUpperCase(),
    dependencies: dependencyLines(),
  };
  const fill = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole);
  return new Map(
    readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [nameOf(relative(FOLDER, path).split(sep)), fill(readFileSync(path, 'utf8'))] as const;
      }),
  );
}

/** npm leaves files with these names out of a package, or reads them as its own: in the template they have others. */
const nameOf = ([first, ...rest]: readonly string[]): string => {
  const hidden = ['gitignore', 'github'].includes(first) ? `.${first}` : first;
  return [hidden, ...rest].join('/').replace(/\.template$/, '');
};

/** Returns what a project depends on, in the versions that this SDK was tested with. */
function dependencyLines(): string {
  const { peerDependencies = {}, dependencies = {} } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as Partial<
    Record<'peerDependencies' | 'dependencies', Readonly<Record<string, string>>>
  >;
  const known = { ...dependencies, ...peerDependencies };
  const versions = {
    '@adiabit/sdk': `^${VERSION}`,
    '@adiabit/simulator': `^${VERSION}`,
    ...Object.fromEntries(FEATURES.training.packages.map((name) => [name, known[name]])),
    ...testing,
  };
  return Object.entries(versions)
    .map(([name, version]) => `    ${JSON.stringify(name)}: ${JSON.stringify(version)}`)
    .join(',\n');
}
