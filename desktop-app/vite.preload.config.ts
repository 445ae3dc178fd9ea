import { defineConfig } from 'vite';
import { METHODS } from './dist/common/contract.js';

/** Builds the desktop app's preload script: one file of CommonJS, for a sandbox that can load no other. */
export default defineConfig({
  logLevel: 'warn',
  define: { METHOD_NAMES: JSON.stringify(Object.keys(METHODS)) },
  build: {
    outDir: 'dist/preload',
    emptyOutDir: false,
    target: 'chrome120',
    minify: false,
    lib: { entry: 'src/preload/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
