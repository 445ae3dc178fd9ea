import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { dirname, normalize } from 'node:path/posix';
import { beforeAll, describe, expect, it } from 'vitest';
import { papers } from '../../sdk/scripts/generate-papers.js';
import { manifestOf, pack, PUBLISHED, root, type Packed, type Published } from '../support/packages.js';

/** Bytes that a package may unpack to: a fifth more than it does. */
const MOST_BYTES: Readonly<Record<Published, number>> = {
  simulator: 1_250_000,
  'firmware-templates': 1_300_000,
  // Fleets, sweeps and bridges take 370 kB of it.
  sdk: 3_000_000,
  'sdk/create': 20_000,
  'desktop-app': 900_000,
};

const packed = new Map<Published, Packed>();
beforeAll(async () => {
  const folders = new Map<string, Published>();
  for (const folder of PUBLISHED) folders.set((await manifestOf(folder)).name, folder);
  for (const one of await pack(PUBLISHED, ['--dry-run'])) packed.set(folders.get(one.name)!, one);
});

const filesOf = (name: Published): readonly string[] => packed.get(name)!.files.map(({ path }) => path);

/** What a built file imports: files of its package, and names of others. */
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([@.\w][^'"\s]*)['"]/g)].map(([, to]) => to);

describe.each(PUBLISHED)('the tarball of %s', (name) => {
  it('has no tests, no sources of the TypeScript, no source maps and nothing of the build', () => {
    const unwanted = /\.test\.|\.spec\.|(^|\/)src\/|\.map$|tsbuildinfo|node_modules|corpus|^dist\/renderer-types\//;
    // What a new project begins with has a test of its own.
    expect(filesOf(name).filter((path) => unwanted.test(path) && !path.startsWith('templates/'))).toEqual([]);
    const helpers = filesOf(name).filter((path) => /\/testing\//.test(path));
    // The matchers are a door.
    expect(helpers.filter((path) => !(name === 'simulator' && path.startsWith('dist/testing/')))).toEqual([]);
  });

  it('has its licence, notice, changelog and readme, and says the licence', async () => {
    expect(filesOf(name)).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'CHANGELOG.md', 'README.md']));
    expect((await manifestOf(name)).license).toBe('Apache-2.0');
  });

  it('has every file of ours that another one imports, and every door', async () => {
    const files = new Set(filesOf(name));
    const missing: string[] = [];
    for (const file of [...files].filter((path) => /^(dist|bin)\/(?!renderer\/).*\.(js|d\.ts)$/.test(path))) {
      const text = await readFile(join(root, name, file), 'utf8');
      for (const to of importsOf(text).filter((one) => one.startsWith('.'))) {
        const target = normalize(`${dirname(file)}/${to}`);
        const wanted = file.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target;
        if (!files.has(wanted)) missing.push(`${file}: ${to}`);
      }
    }
    expect(missing).toEqual([]);
    const { exports = {} } = await manifestOf(name);
    const doors = Object.values(exports).flatMap((door) => (typeof door === 'string' ? [] : Object.values(door)));
    expect(doors.filter((door) => !files.has(door.replace('./', '')))).toEqual([]);
  });

  it('names every package that its files import', async () => {
    const { dependencies, peerDependencies } = await manifestOf(name);
    const named = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    const unnamed = new Set<string>();
    for (const file of filesOf(name).filter((path) => /^dist\/(?!renderer\/).*\.js$/.test(path))) {
      for (const to of importsOf(await readFile(join(root, name, file), 'utf8'))) {
        const other = /^(@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? to;
        if (to.startsWith('.') || to.startsWith('node:') || builtinModules.includes(to)) continue;
        if (!named.has(other) && !other.startsWith('@adiabit/')) unnamed.add(`${file}: ${other}`);
      }
    }
    // Electron is what the app runs in.
    expect([...unnamed].filter((one) => !/: (electron|vite)$/.test(one))).toEqual([]);
  });

  it('keeps to its size', () => {
    expect(packed.get(name)!.unpackedSize).toBeLessThan(MOST_BYTES[name]);
  });
});

describe('the papers of the packages', () => {
  it.each(papers().map(({ path, text }) => [path.replace(root, ''), path, text] as const))(
    '%s is what its source says; if not: npm run generate',
    async (_, path, text) => {
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  it('have the full text of the licence, and the licence of every bundled package', async () => {
    const licence = await readFile(join(root, 'LICENSE'), 'utf8');
    for (const part of ['Version 2.0, January 2004', '9. Accepting Warranty', 'END OF TERMS AND CONDITIONS'])
      expect(licence).toContain(part);
    const notices = await readFile(join(root, 'desktop-app/THIRD-PARTY-NOTICES.md'), 'utf8');
    for (const name of ['preact', 'uplot', '@preact/signals', '@tanstack/virtual-core'])
      expect(notices).toContain(`## ${name} `);
  });

  it('name the licence in every package.json, and in those of the firmware for Arduino and PlatformIO', async () => {
    for (const folder of ['.', ...PUBLISHED, 'tests']) expect((await manifestOf(folder)).license).toBe('Apache-2.0');
    const read = (file: string): Promise<string> => readFile(join(root, 'firmware-templates', file), 'utf8');
    expect(JSON.parse(await read('library.json'))).toMatchObject({ license: 'Apache-2.0' });
    expect(await read('library.properties')).toContain('\nlicense=Apache-2.0\n');
  });
});
