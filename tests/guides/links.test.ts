import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, readPage, ROOT, type Page } from '../support/pages/page.js';

const withoutCode = (text: string): string => text.replace(/^ *```[^]*?^ *```$/gm, '').replace(/`[^`\n]+`/g, '');

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf({ text }: Page): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = [...text.replace(/^ *```[^]*?^ *```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, heading]) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
      const slug = plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

const linksOf = ({ text }: Page): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)]
    .map((match) => match.at(1) ?? match.at(2) ?? '')
    .filter((link) => !/^(https?|mailto):/.test(link));

const pages = allPages();

describe('the links between documents, as GitHub shows them', () => {
  it('lead to files and headings that there are', () => {
    const isDead = (page: Page, link: string): boolean => {
      const [path] = link.split('#');
      const anchor = link.split('#').at(1);
      const target = path === '' ? page.path : normalize(join(dirname(page.path), path));
      if (target.startsWith('..') || !existsSync(ROOT + target)) return true;
      // A folder has no page on the site: link to its README.
      if (statSync(ROOT + target).isDirectory()) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readPage(target)).has(anchor);
    };
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => isDead(page, link))
        .map((link) => `${page.path} -> ${link}`),
    );
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(200);
    expect(dead).toEqual([]);
  });

  it('reach every document of docs/ from the README', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path) || !path.endsWith('.md') || !existsSync(ROOT + path)) return;
      reached.add(path);
      for (const link of linksOf(readPage(path))) visit(normalize(join(dirname(path), link.split('#')[0])));
    };
    visit('README.md');
    expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
  });
});
