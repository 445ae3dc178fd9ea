/** Tells whether a topic is one that a filter asks for; `+` stands for any one level. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((level, place) => level === '+' || level === levels[place]);
}
