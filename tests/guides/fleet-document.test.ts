import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodePayload, ID_PATTERNS, MESSAGES, WISH_STEPS, type MessageName } from '@adiabit/sdk/fleet';
import { readPage } from '../support/pages/page.js';

const page = readPage('docs/formats/fleet.md');
const sections = new Map(page.text.split('\n### ').map((text) => [text.split('\n')[0], text]));
const rows = page.text.split('\n').filter((line) => line.startsWith('| '));

/** Names of all fields of a schema, those of its objects included. */
function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, ...others } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  const own = Object.entries(properties).flatMap(([name, field]) => [name, ...fieldsOf(field)]);
  return [...own, ...Object.values(others).flatMap(fieldsOf)];
}

describe('docs/formats/fleet.md', () => {
  it('lists every topic as it is', () => {
    const expected = Object.values(MESSAGES).map(
      ({ topic, retain, maxBytes, writer }) => `| \`${topic}\` | ${retain ? 'yes' : 'no'} | ${maxBytes} | ${writer} |`,
    );
    const shown = rows
      .filter((row) => /^\| `(gateways|boards|blobs|rollouts)\//.test(row))
      .map((row) => row.replace(/ \| \[[^|]* \| (yes|no)/, ' | $1'));
    expect(shown).toEqual(expected);
  });

  it('says the form of every id', () => {
    for (const name of Object.keys(ID_PATTERNS)) expect(rows.some((row) => row.startsWith(`| ${name} | `))).toBe(true);
  });

  it('shows messages that are valid, and names all their fields', () => {
    const withSchema = (Object.keys(MESSAGES) as MessageName[]).filter(
      (name) => sections.has(name) && MESSAGES[name].schema,
    );
    expect(withSchema).toHaveLength(5);
    for (const name of withSchema) {
      const section = sections.get(name)!;
      const example = /```json\n([^]*?)```/.exec(section)![1];
      expect(() => decodePayload(name, new TextEncoder().encode(example)), name).not.toThrow();
      const explained = section.replace(/```json\n[^]*?```/, '');
      const fields = fieldsOf(z.toJSONSchema(MESSAGES[name].schema!)).filter(
        (field) => !['version', 'atMs'].includes(field),
      );
      const unsaid = fields.filter((field) => !explained.includes(`\`${field}\``) && name !== 'progress');
      expect(unsaid, name).toEqual([]);
    }
  });

  it('names the steps of a wish in their order', () => {
    const section = sections.get('progress')!;
    const named = [...section.matchAll(/^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|/gm)].flatMap(([, names]) =>
      [...names.matchAll(/`([a-z-]+)`/g)].map(([, step]) => step),
    );
    expect(named.filter((name) => name !== 'step')).toEqual([...WISH_STEPS]);
  });
});
