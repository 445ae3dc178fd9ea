import { visibleLines } from '@adiabit/simulator/text';

/** Markup that is safe to put into the page as it is. Only the `html` tag and this file's callers of `raw` make it. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Html | string | number | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns text as it may stand between tags and in quoted attributes, its control characters spelled out. */
export const escapeHtml = (text: string): string =>
  visibleLines(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

/** Returns markup made by a program that escapes for itself (a stylesheet, a drawing). Never for names out of a run. */
export const raw = (text: string): Html => new Html(text);

/**
 * Builds markup: html`<p>${name}</p>`. Everything put in is escaped, except markup made by this tag; lists are joined.
 */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.map((part, index) => part + (index < contents.length ? render(contents[index]) : '')).join(''));

export const emptyHtml = raw('');

function render(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}
