import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What needs the executable of Electron, which not every machine can have: `npm run test:electron`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/electron/*.spec.ts'],
    testTimeout: 120_000,
  },
});
