import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Every door of a package at the source of the file that its `exports` name. */
function doorsOf(folder: string): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync(source(`${folder}/package.json`), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, { readonly types: string }>>;
  };
  return Object.fromEntries(
    Object.entries(exports).map(([door, { types }]) => [
      `${name}${door.slice(1)}`,
      source(`${folder}/${types.replace('./dist/', 'src/').replace('.d.ts', '.ts')}`),
    ]),
  );
}

const doors = { ...doorsOf('simulator'), ...doorsOf('sdk'), ...doorsOf('desktop-app') };

/** Tests run the TypeScript sources, never a stale build. */
export default defineConfig({
  resolve: {
    alias: [
      ...Object.entries(doors).map(([name, replacement]) => ({ find: new RegExp(`^${name}$`), replacement })),
      // Its executable is not here; the stand-in refuses what it refuses.
      { find: /^electron$/, replacement: source('tests/app/electron-stand-in/index.ts') },
    ],
  },
  test: {
    globalSetup: 'tests/support/build.ts',
    include: ['{simulator,sdk,desktop-app}/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Left to itself vitest keeps a core free: half of the machine where there are two.
    maxWorkers: '100%',
  },
});
