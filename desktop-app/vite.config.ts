import { defineConfig } from 'vite';

/** Builds the page that the desktop app and the studio show. */
export default defineConfig({
  root: 'src/renderer',
  base: './',
  logLevel: 'warn',
  build: {
    outDir: '../../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    // The page's policy allows no data: scripts or styles, so nothing small is written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
