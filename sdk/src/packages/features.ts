/**
 * Packages that not everybody needs. They are optional peers of this one, so that who only compiles, simulates and flashes
 * installs little; what needs an absent one says the line that installs it.
 */
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
const tables = ['csv-parse'];
const tensors = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-wasm'];

/** Everything that is not in the small installation. */
export const FEATURES = {
  training: { title: 'Training', packages: [...tensors, 'mathjs', ...tables, 'jiti', ...charts] },
  tables: { title: 'Reading tables', packages: tables },
  configs: { title: 'Reading a config in TypeScript or JavaScript', packages: ['jiti'] },
  interchange: {
    title: 'Reading and writing networks of other tools',
    packages: ['@bufbuild/protobuf', 'jsfive', 'mathjs'],
  },
  charts: { title: 'Drawing charts', packages: charts },
  graphs: { title: 'Drawing a circuit', packages: ['@viz-js/viz'] },
  suit: { title: 'Writing a SUIT envelope', packages: ['cborg'] },
  fleet: { title: 'A fleet of devices over MQTT', packages: ['mqtt', 'aedes'] },
  sweeps: { title: 'A sweep over several machines', packages: ['bullmq', 'ioredis'] },
  mcp: { title: 'The MCP server', packages: ['@modelcontextprotocol/sdk'] },
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof FEATURES;
export const featureNames = Object.keys(FEATURES) as readonly FeatureName[];

/** Returns the line that installs a feature's packages. */
export const installLine = (name: FeatureName): string => `npm install ${FEATURES[name].packages.join(' ')}`;

/** Makes the error for a feature whose packages are not all there. */
export function notInstalled(name: FeatureName, cause?: unknown): PackageError {
  const install = installLine(name);
  const message = `${FEATURES[name].title} takes packages that are not installed: ${install}`;
  return new PackageError('not-installed', message, { feature: name, install }, cause);
}

/**
 * Loads what needs the packages of a feature.
 * @throws PackageError `package.not-installed` when one of them is absent; what `load` throws
 */
export async function withPackages<T>(name: FeatureName, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    // Browsers get here as little as they load the file that asks the disk.
    const { missingPackages } = await import('./installed.js');
    throw missingPackages(name).length > 0 ? notInstalled(name, error) : error;
  }
}

/** Tells whether a module could not be loaded because it, or one that it loads, is not there. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
