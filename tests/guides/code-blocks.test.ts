import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTypes } from '../support/pages/check-types.js';
import { adiabitLines, commandNames, parseOnly } from '../support/pages/command-lines.js';
import { allPages, ROOT, type Block } from '../support/pages/page.js';
import { missingTools, titled } from '../support/tools.js';
import { PageFolder, type Printed } from '../support/pages/page-folder.js';

const pages = allPages();
/** Not code: nothing is done with them, unless they are output. */
const TEXT = ['text', 'diff', 'mermaid'];

/** Scripts of a project that `adiabit init` begins. */
const OF_NEW_PROJECTS = ['flash', 'run'];

/** A machine may be busy with much else. */
const PATIENCE_MS = 300_000;

/** Lines that must occur in what was printed, in this order; "..." stands for anything. */
function expectPrinted(printed: string, lines: readonly string[]): void {
  let from = 0;
  for (const line of lines) {
    const pattern = line
      .trim()
      .split('...')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ' +'))
      .join('.*');
    const found = new RegExp(pattern).exec(printed.slice(from));
    expect(found, `"${line}" is not in:\n${printed.slice(from)}`).not.toBeNull();
    from += (found?.index ?? 0) + (found?.[0].length ?? 0);
  }
}

/** Those with more than text: the reference has a block of text for every command. */
const withCode = pages.filter(
  ({ hasOwnTest, blocks }) => !hasOwnTest && blocks.some(({ language }) => !TEXT.includes(language)),
);

describe.each(withCode)('the code on $path', ({ path, blocks, ...page }) => {
  let folder: PageFolder;
  let last: Printed | undefined;
  beforeAll(async () => {
    folder = await PageFolder.open({ path, blocks, ...page });
  });
  afterAll(() => folder.close());

  const succeed = async (block: Block, script: string): Promise<void> => {
    last = await folder.run(script);
    if (block.mustFail) expect(last.code, last.text).not.toBe(0);
    else expect(last.code, last.text).toBe(0);
  };

  const languages: Readonly<Record<string, (block: Block) => Promise<void>>> = {
    sh: async (block) => {
      if (!block.isUnrun) return succeed(block, block.code);
      await folder.write('.tools/script', block.code);
      await succeed(block, 'bash -n .tools/script');
      for (const words of adiabitLines(block.code)) await parseOnly(words);
    },
    ts: async (block) => {
      if (block.isUnrun || block.file !== undefined) return;
      await folder.write(`.tools/line-${block.line}.mts`, block.before + block.code);
      await succeed(block, `tsx .tools/line-${block.line}.mts`);
    },
    js: async (block) => {
      await folder.write(block.file ?? `.tools/line-${block.line}.js`, block.code);
      await succeed(block, `node ${block.isUnrun ? '--check ' : ''}${block.file ?? `.tools/line-${block.line}.js`}`);
    },
    yaml: async ({ code }) => {
      for (const words of adiabitLines(code.replaceAll(/^ *(- )?(run: )?/gm, ''))) await parseOnly(words);
    },
    json: (block) => {
      JSON.parse(block.code);
      return Promise.resolve();
    },
    c: async (block) => {
      await folder.write(block.file ?? `.tools/line-${block.line}.c`, block.before + block.code);
      const file = block.file ?? `.tools/line-${block.line}.c`;
      await succeed(block, `cc -std=c99 -Wall -Wextra -Werror -fsyntax-only -I"$(dirname ${file})" ${file}`);
    },
  };

  const named = blocks
    .filter(({ language, isOutput, file }) => isOutput || file !== undefined || !TEXT.includes(language))
    .map((block) => [`${block.language} in line ${block.line}`, block] as const);
  describe.each(named)('%s', (_, block) => {
    const missing = missingTools(...block.needs);
    it.skipIf(missing.length > 0)(titled('does what the page says', missing), () => check(block), PATIENCE_MS);
  });

  async function check(block: Block): Promise<void> {
    const { language, file, code, isOutput } = block;
    if (isOutput) {
      expect(TEXT).toContain(language);
      expectPrinted(last?.text ?? '', code.trimEnd().split('\n'));
      return;
    }
    if (file !== undefined) await folder.write(file, block.before + code);
    if (TEXT.includes(language)) return;
    const known = language === 'bash' ? 'sh' : language;
    expect(Object.keys(languages), 'nothing is known of this language').toContain(known);
    await languages[known](block);
  }
});

describe('all pages together', () => {
  it('have TypeScript that a strict project compiles', async () => {
    expect(await checkTypes(pages.filter(({ hasOwnTest }) => !hasOwnTest))).toEqual([]);
  });

  it('name the language of every block', () => {
    const fences = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/^ *```(.*)$/gm)].map(([, info]) => [path, info]),
    );
    for (const [index, [path, info]] of fences.entries()) expect(info === '', path).toBe(index % 2 === 1);
    expect(fences.length).toBe(2 * pages.reduce((sum, { blocks }) => sum + blocks.length, 0));
  });

  it('name no command and no script that there is not', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
    const named = pages.flatMap(({ text }) => [...text.matchAll(/`(?:npx )?adiabit ([a-z][a-z-]+)/g)]);
    expect(named.length).toBeGreaterThan(30);
    // What is signed begins with "adiabit manifest".
    for (const [whole, command] of named) expect([...commandNames(), 'manifest'], whole).toContain(command);
    const runs = pages.flatMap(({ text }) => [...text.matchAll(/npm run ((?:-\S+ )*)([\w:-]+)(?! --prefix)/g)]);
    expect(runs.length).toBeGreaterThan(10);
    for (const [whole, , script] of runs)
      expect([...Object.keys(scripts), 'bench:NAME', 'package', ...OF_NEW_PROJECTS], whole).toContain(script);
  });
});
