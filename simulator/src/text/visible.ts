const SHORT: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
]);

/**
 * Tells whether a terminal, an editor or an SVG viewer would act on a code point instead of showing it: C0, DEL and C1
 * (ISO 6429), line separators, and directional controls (Unicode UAX 9), which change the order in which text is read.
 */
const isControl = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code < 0xa0) ||
  code === 0x061c ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  code === 0xfeff;

const escaped = (code: number): string =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;

const replaceControls = (text: string, replacement: (code: number) => string): string =>
  Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return isControl(code) ? replacement(code) : character;
  }).join('');

/**
 * Makes text from a file or a device safe to print on one line. Control characters are spelled out: `\x1b`, `\u202e`, `
 * `.
 */
export const visible = (text: string): string => replaceControls(text, (code) => SHORT.get(code) ?? escaped(code));

/** Makes text of several lines safe to print; line feeds stay. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');

/** Writes JSON whose strings hold no control characters. Its meaning stays the same. */
export const visibleJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, undefined, space)
    .split('\n')
    .map((line) => replaceControls(line, (code) => `\\u${code.toString(16).padStart(4, '0')}`))
    .join('\n');
