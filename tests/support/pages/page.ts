/** The markdown of the repository, with the code in it. What the marks of a block mean stands in docs/decisions/every-code-block-is-run.md. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Block {
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** It is held to its syntax and to what it names, and not run: it needs hardware, a network or hours. */
  readonly isUnrun: boolean;
  /** The command must fail, and what it prints is its lesson. */
  readonly mustFail: boolean;
  /** It is what the block before printed. */
  readonly isOutput: boolean;
  /** Tools without which it is skipped. */
  readonly needs: readonly string[];
  /** The file that it shows, in the folder of the page. */
  readonly file: string | undefined;
  readonly code: string;
  /** Code that stands before it for the compiler, and not for the reader. */
  readonly before: string;
}

/** Guides whose blocks a test of their own runs, in ways of its own: `tests/guides/NAME-guide.test.ts`. */
const OWN_TESTS = ['fleet', 'interchange', 'mcp', 'own-firmware', 'projects', 'sensors', 'tfjs'];

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** Whether its blocks are run elsewhere. */
  readonly hasOwnTest: boolean;
  readonly blocks: readonly Block[];
  /** Files and folders of the repository that its folder has from the start. */
  readonly given: readonly { readonly from: string; readonly to: string }[];
}

const MARKS = ['unrun', 'fails', 'output'];
const FENCE = /(?:<!-- before\n([^]*?)-->\n+)?^( *)```(\S+)([^\n]*)\n([^]*?)^ *```$/gm;

/** Returns all pages: the README files, and everything in docs/. */
export function allPages(): readonly Page[] {
  const documents = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`);
  const folders = ['', ...['simulator/', 'sdk/', 'desktop-app/', 'firmware-templates/', 'tests/campaigns/']];
  const examples = readdirSync(`${ROOT}examples`).map((name) => `examples/${name}/`);
  const readmes = [...folders, ...examples].map((folder) => `${folder}README.md`).filter(isFile);
  return [...readmes, ...documents.filter((file) => file.endsWith('.md'))].sort().map(readPage);
}

export function readPage(path: string): Page {
  const text = readFileSync(ROOT + path, 'utf8');
  const hasOwnTest = OWN_TESTS.some((name) => path === `docs/guides/${name}.md`);
  const given = [...text.matchAll(/^<!-- given (\S+) as (\S+) -->$/gm)].map(([, from, to]) => ({ from, to }));
  const blocks = [...text.matchAll(FENCE)].map((match) => {
    const [whole, before = '', indent, language, info, code] = match;
    const marks = info.split(' ').filter((mark) => mark !== '');
    const [[file], needs] = ['file=', 'needs='].map((name) =>
      marks.filter((mark) => mark.startsWith(name)).map((mark) => mark.slice(name.length)),
    );
    const unknown = marks.filter((mark) => !hasOwnTest && !MARKS.includes(mark) && !/^(file|needs)=/.test(mark));
    const line = text.slice(0, match.index + whole.indexOf('```')).split('\n').length;
    if (unknown.length > 0) throw new Error(`${path}:${line}: a block has no mark ${unknown.join(', ')}.`);
    return {
      line,
      language,
      isUnrun: marks.includes('unrun'),
      mustFail: marks.includes('fails'),
      isOutput: marks.includes('output'),
      needs: language === 'c' ? ['cc', ...needs] : needs,
      file,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      before,
    };
  });
  // What a block printed is not there either where it could not run.
  const needing = blocks.map((block, index) =>
    block.isOutput ? { ...block, needs: blocks[index - 1]?.needs ?? [] } : block,
  );
  return { path, text, hasOwnTest, blocks: needing, given };
}

function isFile(path: string): boolean {
  try {
    readFileSync(ROOT + path);
    return true;
  } catch {
    return false;
  }
}
