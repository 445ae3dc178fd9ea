import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run the TypeScript sources, never a stale build: every workspace name points at its `src`. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@adiabit\/simulator$/, replacement: source('simulator/src/index.ts') },
      { find: /^@adiabit\/simulator\/(.+)$/, replacement: source('simulator/src/$1/index.ts') },
      { find: /^@adiabit\/sdk$/, replacement: source('sdk/src/index.ts') },
      { find: /^@adiabit\/sdk\/(.+)$/, replacement: source('sdk/src/$1/index.ts') },
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
