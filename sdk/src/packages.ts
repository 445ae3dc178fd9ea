/**
 * Packages that not everybody needs. They are optional peers of this one, so that who only compiles, simulates and flashes
 * installs little; what needs an absent one says the line that installs it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

/** A package is needed that is not installed. `details.install` is the command that installs it. */
export class PackageError extends AdiabitError {
  constructor(kind: KindOf<'package'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`package.${kind}`, message, details, cause);
  }
}

/** The packages of a feature. */
export interface Feature {
  /** The subject of a sentence. */
  readonly title: string;
  readonly packages: readonly string[];
}

const charts = ['@observablehq/plot', 'linkedom'];
const tables = ['csv-parse', 'fflate'];
const tensors = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-wasm'];

/** Everything that is not in the small installation. */
export const FEATURES = {
  training: { title: 'Training', packages: [...tensors, 'mathjs', ...tables, 'jiti', ...charts] },
  tables: { title: 'Reading tables', packages: tables },
  configs: { title: 'Reading a config in TypeScript or JavaScript', packages: ['jiti'] },
  interchange: { title: 'Reading and writing networks of other tools', packages: ['@bufbuild/protobuf', 'jsfive', 'mathjs'] },
  charts: { title: 'Drawing charts', packages: charts },
  graphs: { title: 'Drawing a circuit', packages: ['@viz-js/viz'] },
  mcp: { title: 'The MCP server', packages: ['@modelcontextprotocol/sdk'] },
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof FEATURES;
export const featureNames = Object.keys(FEATURES) as readonly FeatureName[];

/** Returns the line that installs a feature's packages. */
export const installLine = (name: FeatureName): string => `npm install ${FEATURES[name].packages.join(' ')}`;

/** Returns the packages of a feature that are not installed. */
export function missingPackages(name: FeatureName): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  const isThere = (one: string): boolean =>
    (resolve.paths(one) ?? []).some((folder) => existsSync(join(folder, one, 'package.json')));
  return FEATURES[name].packages.filter((one) => !isThere(one));
}

/** Makes the error for a feature whose packages are not all there. */
export function notInstalled(name: FeatureName, cause?: unknown): PackageError {
  const install = installLine(name);
  const message = `${FEATURES[name].title} takes packages that are not installed: ${install}`;
  return new PackageError('not-installed', message, { feature: name, install }, cause);
}

/** @throws PackageError `package.not-installed` */
export function requirePackages(name: FeatureName): void {
  if (missingPackages(name).length > 0) throw notInstalled(name);
}

/**
 * Loads what needs the packages of a feature.
 * @throws PackageError `package.not-installed` when one of them is absent; what `load` throws
 */
export async function withPackages<T>(name: FeatureName, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw isAbsent(error) && missingPackages(name).length > 0 ? notInstalled(name, error) : error;
  }
}

/** Tells whether a module could not be loaded because it, or one that it loads, is not there. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
