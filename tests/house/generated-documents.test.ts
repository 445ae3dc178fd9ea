import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentPictures } from '../../sdk/scripts/draw-document-pictures.js';
import { generatedDocuments, tableNames } from '../../sdk/scripts/generate-documents.js';
import { FRAME_KIND } from '../../simulator/src/bitstream/layout.js';
import { MESSAGE_TYPE } from '../../sdk/src/protocol/constants.js';

const documents = generatedDocuments();
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the tables of documents', () => {
  it.each(documents)('are what the sources say in $path; if not: npm run generate', ({ path, text }) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each(documentPictures())(
    'go with $path, drawn from what was measured; if not: npm run generate',
    ({ path, text }) => {
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('all stand in one document', () => {
    expect(documents.flatMap(({ tables }) => tables).sort()).toEqual([...tableNames()].sort());
  });

  it('say what a number of another table stands for', () => {
    const [link, bitstream] = documents;
    expect(link.text).toContain('0 none, 1 cycles, 2 instructions, 3 microseconds');
    expect(bitstream.text).toContain('0 bits, 1 u8, 2 i8, 3 i16, 4 i32');
  });

  it('have every request and every kind of frame, by its number', () => {
    const requests = [...read('../../docs/formats/link.md').matchAll(/^\| 0x(..) \| (\w+) \|/gm)];
    expect(requests.map(([, type, name]) => [name, parseInt(type, 16)])).toEqual(Object.entries(MESSAGE_TYPE));
    const kinds = read('../../docs/formats/bitstream.md');
    for (const kind of Object.values(FRAME_KIND)) {
      expect(kinds).toMatch(new RegExp(`^\\| ${kind} \\|`, 'm'));
    }
  });
});
