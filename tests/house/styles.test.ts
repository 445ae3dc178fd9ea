import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../desktop-app/src/renderer/style/', import.meta.url));

it('every class of the app that stands alone in a rule has its style in one file', () => {
  const files = new Map<string, Set<string>>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.css'))) {
    for (const [, name] of readFileSync(folder + file, 'utf8').matchAll(/^\.([\w-]+)(?:,| \{)$/gm)) {
      files.set(name, (files.get(name) ?? new Set()).add(file));
    }
  }
  expect(files.size).toBeGreaterThan(50);
  const shared = [...files]
    .filter(([, where]) => where.size > 1)
    .map(([name, where]) => `${name}: ${[...where].join(', ')}`);
  expect(shared).toEqual([]);
});
