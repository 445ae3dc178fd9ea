import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from './visible.js';

const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const codes = Array.from({ length: 0x3000 }, (_, code) => code);

it('nothing that a terminal acts on is left, whatever the character', () => {
  for (const code of codes) {
    const character = String.fromCharCode(code);
    const shown = visible(character);
    const isControl = /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character) || BIDIRECTIONAL.test(character);
    expect(shown === character).toBe(!isControl);
    expect(shown).toMatch(/^[^\p{Cc}]+$/u);
  }
  expect(visible('\x1b[2Kok\u202e\n')).toBe('\\x1b[2Kok\\u202e\\n');
});

it('lines stay lines, and plain text of any script stays what it is', () => {
  expect(visibleLines('one\n\x1b[31mtwo\r\n')).toBe('one\n\\x1b[31mtwo\\r\n');
  expect(visible('Zażółć gęślą jaźń, 数字, עברית, 🙂')).toBe('Zażółć gęślą jaźń, 数字, עברית, 🙂');
});

it('JSON means the same and has no control characters but its own line feeds', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, space) => {
      const text = visibleJson(value, space);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text.replaceAll('\n', '')).toBe(visible(text.replaceAll('\n', '')));
    }),
  );
});
