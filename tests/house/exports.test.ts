import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exportLists } from '../../sdk/scripts/generate-export-lists.js';

const lists = exportLists();
const namesOf = (text: string, door: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${door} `));

describe('the public surface', () => {
  it.each(lists)('is what $path lists; if that is meant to change: npm run generate', ({ path, text }) => {
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it.each(lists)('is small at the main door of $path', ({ text }) => {
    expect(namesOf(text, '.').length).toBeLessThan(50);
  });

  it.each(['simulator', 'sdk'])('of %s has every door in docs/packages.md', (folder) => {
    const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const { name, exports } = JSON.parse(read(`${folder}/package.json`)) as {
      readonly name: string;
      readonly exports: Readonly<Record<string, unknown>>;
    };
    const documented = [...read('docs/packages.md').matchAll(/^\| `(@adiabit\/[^`]+)` \|/gm)].map(([, door]) => door);
    expect(documented.filter((door) => door === name || door.startsWith(`${name}/`)).sort()).toEqual(
      Object.keys(exports)
        .map((door) => `${name}${door.slice(1)}`)
        .sort(),
    );
  });
});
