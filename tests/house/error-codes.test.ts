import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '@adiabit/simulator';
import { ERROR_MEANINGS } from '../../sdk/scripts/error-meanings.js';
import { STATUS } from '../../sdk/src/protocol/constants.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = (folder: string, extension: RegExp): readonly string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => extension.test(file) && !file.includes('node_modules') && !/\.test\.ts$/.test(file))
    .map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8'));

const table = readFileSync(`${root}simulator/src/error-codes.ts`, 'utf8');
const sources = ['simulator/src', 'sdk/src', 'desktop-app/src']
  .flatMap((folder) => files(folder, /\.tsx?$/))
  .filter((text) => text !== table);
const codes = Object.keys(ERROR_CODES) as ErrorCode[];
/** What is written like a code and is none. */
const NOT_CODES = ['model.fit', 'board.h', 'data.json', 'model.json', 'package.json'];
/** What the command line says of errors that are not ours. */
const OF_OTHERS: readonly ErrorCode[] = ['system.*', 'usage', 'internal'];

/** Whether a file makes an error of the class and names the code, or its kind. */
const throws = (text: string, code: ErrorCode): boolean =>
  new RegExp(`new ${ERROR_CODES[code].class}\\(`).test(text) &&
  [code, code.slice(code.indexOf('.') + 1)].some((name) => text.includes(`'${name}'`));

const statuses = Object.values(STATUS).flatMap((status) => ('code' in status ? [status.code] : []));

describe('the table of error codes', () => {
  it('has no code that nothing throws', () => {
    const ours = codes.filter((code) => !OF_OTHERS.includes(code) && !code.startsWith('device.'));
    // A CancelledError names no code: it is the only one of its class.
    const unused = ours.filter((code) => code !== 'cancelled' && !sources.some((text) => throws(text, code)));
    expect(unused).toEqual([]);
    expect(sources.some((text) => text.includes('new CancelledError('))).toBe(true);
  });

  it('has every code that is thrown, and every one that a comment or a document names', () => {
    const families = [...new Set(codes.filter((code) => code.includes('.')).map((code) => code.split('.')[0]))];
    const thrown = sources.flatMap((text) =>
      [...text.matchAll(/new ([A-Z]\w+)Error\(\s*'([a-z-]+)'/g)].map(
        ([, family, kind]) => `${family.toLowerCase()}.${kind}`,
      ),
    );
    const named = [...sources, ...files('docs', /\.md$/)].flatMap((text) =>
      [...text.matchAll(new RegExp(`[\`'"]((?:${families.join('|')})\\.[a-z-]+)[\`'"]`, 'g'))].map(([, code]) => code),
    );
    const known = (code: string): boolean => code in ERROR_CODES || NOT_CODES.includes(code);
    expect(thrown.length).toBeGreaterThan(100);
    expect([...thrown, ...named].filter((code) => !known(code))).toEqual([]);
  });

  it('has one code for every status with which a device refuses, and no other codes of devices', () => {
    expect(statuses).toHaveLength(Object.keys(STATUS).length - 1);
    expect([...statuses].sort()).toEqual(codes.filter((code) => code.startsWith('device.')).sort());
  });

  it('has a meaning for every code', () => {
    const without = codes.filter((code) => !/^[a-z].{8,}[^.]$/.test(ERROR_MEANINGS[code] ?? ''));
    expect(without, 'add them to sdk/scripts/error-meanings.ts').toEqual([]);
  });

  it.each(codes)('advises what to do about %s in a sentence', (code) => {
    expect(ERROR_CODES[code].advice).toMatch(/^[A-Z].{8,}\.$/);
  });
});
