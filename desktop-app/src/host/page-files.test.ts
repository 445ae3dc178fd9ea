import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPageFile, pageFile } from './page-files.js';

describe('pageFile', () => {
  const folder = join(sep, 'app', 'page');

  it('finds files by their paths, and the page itself at the root', () => {
    expect(pageFile('app://page/', folder)).toEqual({
      path: join(folder, 'index.html'),
      type: 'text/html; charset=utf-8',
    });
    expect(pageFile('/assets/a%20b.js?x#y', folder)?.path).toBe(join(folder, 'assets', 'a b.js'));
    expect(pageFile('/nothing.abit', folder)).toBeUndefined();
  });

  it('never leaves the folder, whatever the URL', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2E.',
        '..%2f',
        '%5c',
        '\\',
        '/',
        '//',
        '%00',
        '%252e%252e',
        'C:',
        'a',
        '.html',
      ),
      fc.string({ maxLength: 5 }),
    );
    const url = fc.array(part, { maxLength: 12 }).map((parts) => `/${parts.join('/')}.html`);
    fc.assert(
      fc.property(url, (one) => {
        const path = pageFile(one, folder)?.path;
        expect(path === undefined || path.startsWith(folder + sep)).toBe(true);
        expect(path ?? '').not.toContain('\0');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('findPageFile', () => {
  let parent: string;
  let folder: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'adiabit-page-'));
    folder = join(parent, 'page');
    await mkdir(join(folder, 'folder.html'), { recursive: true });
    await writeFile(join(parent, 'secret.html'), 'secret');
    await writeFile(join(folder, 'index.html'), 'page');
    await symlink(join(parent, 'secret.html'), join(folder, 'link.html'));
    await symlink(parent, join(folder, 'up'));
    await symlink(join(folder, 'index.html'), join(folder, 'inside.html'));
    await symlink(folder, join(parent, 'installed'));
  });
  afterAll(() => rm(parent, { recursive: true }));

  it('finds a file and its size, also where the folder itself is a link', async () => {
    expect(await findPageFile('/', folder)).toMatchObject({ bytes: 4 });
    expect(await findPageFile('/inside.html', folder)).toMatchObject({ bytes: 4 });
    expect(await findPageFile('/', join(parent, 'installed'))).toMatchObject({ bytes: 4 });
  });

  it('follows no link out of the folder, and takes no folder for a file', async () => {
    for (const url of ['/link.html', '/up/secret.html', '/folder.html', '/none.html']) {
      expect(await findPageFile(url, folder), url).toBeUndefined();
    }
  });
});
