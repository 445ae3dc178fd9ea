import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What fits a line of the table. */
const SHORT_WIRE_BYTES = 28;

const spaced = (hex: string): string => (hex.match(/../g) ?? []).join(' ').toUpperCase();

describe('docs/formats/link.md', () => {
  it('shows the short frames of the vector file, byte for byte', () => {
    const { frames } = JSON.parse(read('vectors/link.json')) as {
      frames: { name: string; type: number; sequence: number; payload: string; wire: string }[];
    };
    const rows = frames
      .filter(({ wire }) => wire.length / 2 <= SHORT_WIRE_BYTES)
      .map(({ name, type, sequence, payload, wire }) =>
        [name, spaced(type.toString(16).padStart(2, '0')), sequence, spaced(payload) || '-', spaced(wire)].join(' | '),
      );
    const shown = read('../docs/formats/link.md')
      .split('\n')
      .filter((line) => line.endsWith(' 00 |'))
      .map((line) => line.slice(2, -2));
    expect(rows.length).toBeGreaterThan(5);
    expect(shown).toEqual(rows);
  });
});
