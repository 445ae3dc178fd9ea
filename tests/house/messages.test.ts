import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a workflow runs through, the firmware's build aside: all but the command line, whose flags they are. */
const FOLDERS = ['simulator/src', 'sdk/src'];
const isCommandLine = (file: string): boolean => file.startsWith('sdk/src/cli/');

/** A flag among words: behind a space or a bracket, or before a space. Custom properties of CSS are no flags: they stand in var() or before a colon. */
const FLAG = /(?:\s|(?<!var)\(|`)--[a-z][a-z-]*(?![a-z-]*\s*:)|^--[a-z][a-z-]* /;

/** The only text that is a command line on purpose: the one that makes a table again, in that table. */
const REPRODUCED_BY = /^sdk\/src\/workflow\/reproduce\.ts: .*--(modes|seeds) /;

/** Every string of a file, and every piece of a template, as "file: text". */
function textsOf(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(`${file}: ${node.text}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

const naming = (file: string): readonly string[] =>
  textsOf(file).filter((text) => FLAG.test(text.slice(text.indexOf(': ') + 2)) && !REPRODUCED_BY.test(text));

describe('messages', () => {
  it('name flags in the command line alone: other faces have none', () => {
    expect(files.filter((file) => !isCommandLine(file)).flatMap(naming)).toEqual([]);
  });

  it('are looked through for flags by a rule that finds those of the command line', () => {
    expect(files.filter(isCommandLine).flatMap(naming).length).toBeGreaterThan(50);
  });
});
