import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FEATURES, notInstalled, type FeatureName } from './features.js';

/** Returns the packages of a feature that are not installed. */
export function missingPackages(name: FeatureName): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  const isThere = (one: string): boolean =>
    (resolve.paths(one) ?? []).some((folder) => existsSync(join(folder, one, 'package.json')));
  return FEATURES[name].packages.filter((one) => !isThere(one));
}

/** @throws PackageError `package.not-installed` */
export function requirePackages(name: FeatureName): void {
  if (missingPackages(name).length > 0) throw notInstalled(name);
}
