import { FleetError } from '../errors.js';
import { isId, type IdName } from './ids.js';
import { MESSAGES, type IdsOf, type MessageName } from './messages.js';

/** The first levels of every topic, unless an operator wants others. */
export const DEFAULT_PREFIX = 'adiabit';

const PREFIX = /^[A-Za-z0-9_-]{1,64}(?:\/[A-Za-z0-9_-]{1,64}){0,7}$/;

/** Checks the prefix of a fleet's topics. @throws FleetError `fleet.bad-option` */
export function checkPrefix(prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new FleetError(
    'bad-option',
    `"${prefix}" cannot begin topics: they take one to eight levels of letters, digits, - and _, such as acme/line-4.`,
    { prefix },
  );
}

const levelsOf = (name: MessageName): readonly string[] => MESSAGES[name].topic.split('/');
const idNameOf = (level: string): IdName | undefined =>
  level.startsWith('{') ? (level.slice(1, -1) as IdName) : undefined;

/**
 * Returns the topic of a message.
 * @throws FleetError `fleet.bad-option` when an id is none
 */
export function topicOf<N extends MessageName>(prefix: string, name: N, ids: IdsOf<N>): string {
  const given: Readonly<Partial<Record<IdName, string>>> = ids;
  const levels = levelsOf(name).map((level) => {
    const id = idNameOf(level);
    if (id === undefined) return level;
    const text = given[id] ?? '';
    if (!isId(id, text)) throw new FleetError('bad-option', `"${text}" is no ${id} of a fleet.`, { id, text });
    return text;
  });
  return [prefix, ...levels].join('/');
}

/** Returns the filter that a message's topics match; ids that are left out are free. @throws FleetError as `topicOf` does */
export function filterOf<N extends MessageName>(prefix: string, name: N, ids: Partial<IdsOf<N>>): string {
  const given: Readonly<Partial<Record<IdName, string>>> = ids;
  const levels = levelsOf(name).map((level) => {
    const id = idNameOf(level);
    if (id === undefined) return level;
    const text = given[id];
    if (text === undefined) return '+';
    if (!isId(id, text)) throw new FleetError('bad-option', `"${text}" is no ${id} of a fleet.`, { id, text });
    return text;
  });
  return [prefix, ...levels].join('/');
}

/** Returns the ids in the topic of a message; undefined for a topic that no such message has. */
export function idsIn<N extends MessageName>(prefix: string, name: N, topic: string): IdsOf<N> | undefined {
  if (!topic.startsWith(`${prefix}/`)) return undefined;
  const found = topic.slice(prefix.length + 1).split('/');
  const levels = levelsOf(name);
  if (found.length !== levels.length) return undefined;
  const ids: Partial<Record<IdName, string>> = {};
  for (const [place, level] of levels.entries()) {
    const id = idNameOf(level);
    if (id === undefined ? level !== found[place] : !isId(id, found[place])) return undefined;
    if (id !== undefined) ids[id] = found[place];
  }
  return ids as IdsOf<N>;
}
