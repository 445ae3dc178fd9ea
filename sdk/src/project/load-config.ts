import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readBoards } from '../boards/index.js';
import { readText, reasonOf } from '../files.js';
import { PackageError, withPackages } from '../packages/features.js';
import type { RecipeIssue } from '../train/recipes/recipe-file.js';
import { ProjectError } from './errors.js';
import { readConfig, type CheckedConfig } from './schema.js';

/** The config of a project, and where it stands. */
export interface Project {
  readonly config: CheckedConfig;
  /** The file, as it was named. */
  readonly file: string;
  /** The folder that paths in it count from. */
  readonly folder: string;
}

const NAME = /^adiabit\.config\.(ts|mts|js|mjs|json)$/;
/** More than these make a message that nobody reads. */
const ISSUES_SHOWN = 5;

/**
 * Finds the config in a folder; undefined if there is none.
 * @throws ProjectError `project.bad-config` if there are two
 */
export async function findConfig(folder = '.'): Promise<string | undefined> {
  const found = (await readdir(folder).catch(() => [])).filter((name) => NAME.test(name)).sort();
  if (found.length < 2) return found.length === 0 ? undefined : resolve(folder, found[0]);
  const message = `${folder} has ${found.join(' and ')}: keep one of them, or name the one that you mean.`;
  throw new ProjectError('bad-config', message, { folder, files: found, options: ['config'] });
}

/**
 * Loads and checks a config.
 * @param file if absent, `adiabit.config.*` in the working directory
 * @throws ProjectError `project.no-config`, or `project.bad-config` with the file and the paths in it
 */
export async function loadProject(file?: string): Promise<Project> {
  const named = file ?? (await findConfig());
  if (named === undefined) {
    const message =
      'There is no adiabit.config.ts here. Go to the folder of the project, name the file, or start from a recipe: ' +
      '"adiabit recipe mnist-demo" prints a config.';
    throw new ProjectError('no-config', message, { options: ['config'] });
  }
  const folder = dirname(resolve(named));
  const boardsOf = (more?: string) => readBoards(more === undefined ? undefined : resolve(folder, more));
  const { config, issues } = readConfig(await valueOfConfig(named), boardsOf);
  if (config === undefined) throw configError(named, issues);
  return { config, file: named, folder };
}

/** Makes the error that says what is wrong with a config. */
export function configError(file: string, issues: readonly RecipeIssue[]): ProjectError {
  const shown = issues
    .slice(0, ISSUES_SHOWN)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = issues.length > ISSUES_SHOWN ? `; and ${issues.length - ISSUES_SHOWN} more` : '';
  const paths = issues.map(({ path }) => path);
  return new ProjectError('bad-config', `${file}: ${shown.join('; ')}${more}.`, { file, paths });
}

/**
 * Loads what a config file says, unchecked: JSON, or the default export of TypeScript or JavaScript.
 * @throws ProjectError `project.bad-config`; PackageError `package.not-installed`
 */
export async function valueOfConfig(file: string): Promise<unknown> {
  try {
    if (extname(file) === '.json') return JSON.parse(await readText(file)) as unknown;
    // Says it if the file is not there.
    await readText(file);
    return await importDefault(resolve(file));
  } catch (error) {
    if (error instanceof ProjectError || error instanceof PackageError) throw error;
    throw new ProjectError('bad-config', `${file} cannot be loaded: ${why(error)}`, { file }, error);
  }
}

async function importDefault(path: string): Promise<unknown> {
  const { createJiti } = await withPackages('configs', () => import('jiti'));
  // The project need not have installed the SDK: `defineConfig` is that of the Adiabit that runs.
  const alias = { '@adiabit/sdk/config': createRequire(import.meta.url).resolve('@adiabit/sdk/config') };
  const jiti = createJiti(pathToFileURL(path).href, { alias, fsCache: false, moduleCache: false });
  const loaded = await jiti.import<Readonly<Record<string, unknown>>>(path);
  if ('default' in loaded) return loaded['default'];
  const message = `${path} exports no config: write "export default defineConfig({ ... })".`;
  throw new ProjectError('bad-config', message, { file: path });
}

/** Returns the first line of what went wrong. */
function why(error: unknown): string {
  const text = error instanceof Error ? error.message : reasonOf(error);
  const [line] = text.trim().split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
