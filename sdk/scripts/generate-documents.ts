/**
 * Writes the tables of documents from the TypeScript sources that own the numbers: names and offsets from the
 * objects, types and meanings from the comments beside them. A table stands between two marks in a document.
 *
 *     npm run generate
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES, EXIT_CODES, type ErrorCode } from '../../simulator/src/error-codes.js';
import * as layout from '../../simulator/src/bitstream/layout.js';
import * as protocol from '../src/protocol/constants.js';
import { commandReference } from './command-reference.js';
import { ERROR_MEANINGS } from './error-meanings.js';
import { guideTable } from './guide-table.js';
import { paretoRows } from './pareto.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Source {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const SOURCES = {
  protocol: { text: readFileSync(fromRoot('sdk/src/protocol/constants.ts'), 'utf8'), values: protocol },
  layout: { text: readFileSync(fromRoot('simulator/src/bitstream/layout.ts'), 'utf8'), values: layout },
} as const satisfies Readonly<Record<string, Source>>;

type Numbers = Readonly<Record<string, number>>;
const isNumbers = (value: unknown): value is Numbers =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'number');

/** The comment beside every entry of an object. */
function comments({ text }: Source, name: string): ReadonlyMap<string, string> {
  const from = text.indexOf(`export const ${name} = {`);
  const block = text.slice(from, text.indexOf('}', from));
  return new Map([...block.matchAll(/^ +(\w+): \w+, \/\/ (.*)$/gm)].map(([, key, comment]) => [key, comment]));
}

function numbersOf({ values }: Source, name: string): Numbers {
  const value = values[name];
  if (!isNumbers(value)) throw new Error(`${name} is no object of numbers.`);
  return value;
}

/** "0 empty, 1 pending": what stands for a name of another object in a comment. */
const choices = (numbers: Numbers): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${value} ${name}`)
    .join(', ');

const expanded = (source: Source, comment: string): string =>
  comment.replace(/[A-Z]+(?:_[A-Z]+)*/g, (name) =>
    isNumbers(source.values[name]) ? choices(source.values[name]) : name,
  );

const table = (...rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `| ${row.join(' | ')} |`).join('\n');

/** A record: offset, type, field, meaning. */
function recordTable(source: Source, name: string): string {
  const beside = comments(source, name);
  const { size, ...fields } = numbersOf(source, name);
  const rows = Object.entries(fields).map(([field, offset]) => {
    const match = /^((?:count x )?(?:ASCII )?(?:u8|u16|u32|i32)(?: x \d+)?|ASCII)(?:[,;] (.*))?$/.exec(
      beside.get(field) ?? '',
    );
    if (!match) throw new Error(`${name}.${field} has no type in the comment beside it.`);
    return [offset, match[1], field, expanded(source, match.at(2) ?? '')];
  });
  const end = 'size' in numbersOf(source, name) ? [[size, '', '', 'its size']] : [];
  return table(['offset', 'type', 'field', 'what it is'], ['---:', '---', '---', '---'], ...rows, ...end);
}

/** Numbers that stand for something. */
const valueTable = (source: Source, name: string): string =>
  table(
    ['number', 'name'],
    ['---:', '---'],
    ...Object.entries(numbersOf(source, name)).map(([key, value]) => [value, key]),
  );

const statusTable = (): string =>
  table(
    ['number', 'status', 'what it says', 'sending it again'],
    ['---:', '---', '---', '---'],
    ...Object.entries(protocol.STATUS).map(([name, status]) => [
      status.value,
      name,
      status.meaning,
      'code' in status && ERROR_CODES[status.code].retry ? 'can help' : 'is no use',
    ]),
  );

const errorTable = (): string =>
  table(
    ['code', 'what it means', 'what to do', 'again', 'exit', 'class'],
    ['---', '---', '---', '---', '---:', '---'],
    ...(Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => {
      const { class: of, retry, exitCode, advice } = ERROR_CODES[code];
      return [`\`${code}\``, ERROR_MEANINGS[code] ?? '', advice, retry ? 'can help' : 'no', exitCode, `\`${of}\``];
    }),
  );

const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  failure: 'failed, and said why',
  usage: 'wrong usage: an option or argument that the command does not take',
  internal: 'a fault of Adiabit itself, please report it',
  cancelled: 'cancelled, by Ctrl-C',
};

const exitTable = (): string =>
  table(
    ['exit code', 'meaning'],
    ['---:', '---'],
    [0, 'done'],
    ...(Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]).map((name) => [EXIT_CODES[name], EXIT_MEANINGS[name]]),
  );

/** What stands between the marks, by the name in them. */
const TABLES: Readonly<Record<string, () => string>> = {
  ERRORS: errorTable,
  EXIT_CODES: exitTable,
  COMMANDS: commandReference,
  GUIDES: () => guideTable(fromRoot('docs/guides')),
  PARETO: () => table(...paretoRows()),
  STATUS: statusTable,
  SLOT_STATE: () => valueTable(SOURCES.protocol, 'SLOT_STATE'),
  LAYER_KINDS: () => valueTable(SOURCES.protocol, 'LAYER_KINDS'),
  COUNTER_UNIT: () => valueTable(SOURCES.protocol, 'COUNTER_UNIT'),
  HELLO_REPLY: () => recordTable(SOURCES.protocol, 'HELLO_REPLY'),
  SLOT_ENTRY: () => recordTable(SOURCES.protocol, 'SLOT_ENTRY'),
  ...Object.fromEntries(
    ['HEADER', 'FRAME', 'LAYER', 'GOLDEN', 'MANIFEST', 'KEY_TABLE', 'PROGRAM', 'PREPARATION'].map((name) => [
      name,
      () => recordTable(SOURCES.layout, name),
    ]),
  ),
};

const DOCUMENTS = [
  'docs/formats/link.md',
  'docs/formats/bitstream.md',
  'docs/errors.md',
  'docs/reference/cli.md',
  'docs/README.md',
  'docs/results/pareto.md',
];
const MARKED = /(<!-- table ([A-Z_]+) -->\n)[^]*?(<!-- end -->)/g;

/** Every document with its tables as the sources say; which tables it has. */
export const generatedDocuments = (): readonly {
  readonly path: string;
  readonly text: string;
  readonly tables: readonly string[];
}[] =>
  DOCUMENTS.map((document) => {
    const path = fromRoot(document);
    const before = readFileSync(path, 'utf8');
    const text = before.replace(MARKED, (_, open: string, name: string, close: string) => {
      if (!(name in TABLES)) throw new Error(`${document} asks for a table ${name}, which is none.`);
      return `${open}\n${TABLES[name]()}\n\n${close}`;
    });
    return { path, text, tables: [...before.matchAll(MARKED)].map(([, , name]) => name) };
  });

/** Names of all tables. */
export const tableNames = (): readonly string[] => Object.keys(TABLES);

const main = (): void => {
  for (const { path, text } of generatedDocuments()) writeFileSync(path, text);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
