import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { matchesGlob } from 'node:path/posix';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const app = fileURLToPath(new URL('../../desktop-app/', import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(join(app, path), 'utf8'));

const config = read('electron-builder.json') as {
  readonly files: readonly string[];
  readonly asar: boolean;
  readonly asarUnpack: readonly string[];
  readonly npmRebuild: boolean;
  readonly linux: { readonly target: readonly string[] };
  readonly win: { readonly target: readonly string[] };
  readonly mac: { readonly target: readonly string[]; readonly extendInfo: Readonly<Record<string, string>> };
};
const manifest = read('package.json') as {
  readonly main: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Whether the packaged app has a file of this package: the last pattern that fits decides. */
function isPackaged(file: string): boolean {
  const last = config.files.findLast((pattern) => matchesGlob(file, pattern.replace(/^!/, '')));
  return last !== undefined && !last.startsWith('!');
}

/** What a built file asks for: files of ours, and packages. */
const importsOf = (file: string): readonly string[] =>
  [
    ...readFileSync(join(app, file), 'utf8').matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g),
  ].map(([, to]) => to);

function everythingFrom(starts: readonly string[]): {
  readonly files: readonly string[];
  readonly packages: readonly string[];
} {
  const files = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const to of importsOf(file)) {
      if (to.startsWith('.')) walk(relative(app, join(app, dirname(file), to)));
      else if (!to.startsWith('node:') && !builtinModules.includes(to)) packages.add(/^(@[^/]+\/)?[^/]+/.exec(to)![0]);
    }
  };
  for (const start of starts) walk(start);
  return { files: [...files], packages: [...packages] };
}

describe('the packaged app', () => {
  const services = readdirSync(join(app, 'dist/services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(app, 'dist/services', entry.name, 'main.js')))
    .map(({ name }) => `dist/services/${name}/main.js`);
  const needed = everythingFrom([manifest.main.replace('./', ''), 'dist/preload/preload.cjs', ...services]);

  it('has every file that main, preload script and services load', () => {
    expect(services.length).toBeGreaterThanOrEqual(2);
    expect(needed.files.length).toBeGreaterThan(25);
    expect(needed.files.filter((file) => !isPackaged(file))).toEqual([]);
    for (const name of readdirSync(join(app, 'dist/renderer/assets')))
      expect(isPackaged(`dist/renderer/assets/${name}`)).toBe(true);
    expect(isPackaged('dist/renderer/index.html')).toBe(true);
  });

  it('has every package that they load: those are dependencies, not tools of development', () => {
    const missing = needed.packages.filter(
      (name) => name !== 'electron' && !Object.hasOwn(manifest.dependencies, name),
    );
    expect(missing).toEqual([]);
  });

  it('has no sources, no maps, no tests, no server', () => {
    for (const file of ['src/main/main.ts', 'dist/main/main.js.map', 'dist/main/main.d.ts', 'dist/studio/studio.js']) {
      expect(isPackaged(file), file).toBe(false);
    }
    expect(isPackaged('dist/host/services.test.js')).toBe(false);
    expect(isPackaged('dist/preload/preload.js')).toBe(false);
  });

  it('is an archive with native modules beside it, which no system can load from inside, and which need no rebuilding', () => {
    expect(config.asar).toBe(true);
    expect(config.asarUnpack).toContain('**/*.node');
    expect(config.npmRebuild).toBe(false);
  });

  it('is made for Linux, Windows and macOS, and says there why it listens', () => {
    expect(config.linux.target).toEqual(['AppImage', 'deb']);
    expect(config.win.target).toEqual(['nsis']);
    expect(config.mac.target).toEqual(['dmg']);
    expect(config.mac.extendInfo).toHaveProperty('NSMicrophoneUsageDescription');
  });
});
