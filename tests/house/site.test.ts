import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../sdk/scripts/site/build-site.js';

let folder: string;
/** What stands in the site: pages by their paths with what they say, other files without. */
const files = new Map<string, string | undefined>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-site-'));
  await buildSite(folder);
  for (const file of await readdir(folder, { recursive: true })) {
    files.set(file, file.endsWith('.html') ? await readFile(join(folder, file), 'utf8') : undefined);
  }
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const pages = (): readonly (readonly [string, string])[] =>
  [...files].filter((entry): entry is [string, string] => entry[1] !== undefined);

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('&amp;', '&'));

describe('the site', () => {
  it('has every door of the packages, every guide and the reference', () => {
    for (const page of [
      ...['index', 'tutorial', 'method', 'reference/cli', 'guides/training', 'decisions/index', 'errors'],
      ...[
        'api/sdk/train/index',
        'api/sdk/workflow/index',
        'api/simulator/testing/index',
        'api/simulator/runInferences',
      ],
    ]) {
      expect(files.has(`${page}.html`), page).toBe(true);
    }
    expect(pages().length).toBeGreaterThan(800);
  });

  it('has no link that leads nowhere, and no anchor that is not there', () => {
    const anchors = new Map(
      pages().map(([file, text]) => [file, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => decoded(id)))]),
    );
    const dead = pages().flatMap(([file, text]) =>
      [...text.matchAll(/ (?:href|src|srcset)="([^"]+)"/g)]
        .map(([, link]) => link)
        .filter((link) => !/^(https?|mailto|data):/.test(link))
        .filter((link) => {
          const [path, anchor] = decoded(link).split('#');
          const target = path === '' ? file : normalize(join(dirname(file), path));
          return !files.has(target) || (anchor && anchors.has(target) && !anchors.get(target)!.has(anchor));
        })
        .map((link) => `${file} -> ${link}`),
    );
    expect([...new Set(dead)]).toEqual([]);
  });

  it('leaves no link of a comment unresolved', () => {
    expect(
      pages()
        .filter(([, text]) => text.includes('{@link'))
        .map(([file]) => file),
    ).toEqual([]);
  });
});
