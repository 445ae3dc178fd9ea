import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const sources = ['simulator/src', 'sdk/src', 'desktop-app/src'].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8')),
);

/** Set by every system: where programs and the user's files are. */
const OF_THE_SYSTEM = ['HOME', 'PATH'];

test('the reference of the command line names every environment variable that is read, and no other', () => {
  const read = sources.flatMap((text) =>
    [
      ...text.matchAll(/(?:process\.env|environment)\['([A-Z_]+)'\]/g),
      ...text.matchAll(/'(ADIABIT_[A-Z_]+)'/g),
      ...text.matchAll(/^ +(TF_[A-Z_]+): /gm),
    ].map(([, name]) => name),
  );
  const reference = readFileSync(`${root}docs/reference/cli.md`, 'utf8');
  const table = /## Environment variables\n([^]*?)\n## /.exec(reference)?.[1] ?? '';
  const named = [...table.matchAll(/^\| ([^|]+)/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual([...new Set(read)].filter((name) => !OF_THE_SYSTEM.includes(name)).sort());
});
