/** Says how often each class was given, in the order in which they came: `wave 3, still 1`. */
export function countedClasses(classes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of classes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}
