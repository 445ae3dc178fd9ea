import { setTimeout as wait } from 'node:timers/promises';

/** A broker sends what it has retained in one go: that it has, is known by a pause this long. */
const PAUSE_MS = 500;
const LONGEST_MS = 10_000;

/**
 * Hears what a broker has retained, and stops listening when that has come: news of what was heard already does not count.
 * @param subscribe begins to listen, and calls `heard` with what a message is about; it returns functions that end that
 */
export async function readRetained(
  subscribe: (heard: (subject: string) => void) => Promise<readonly (() => Promise<void>)[]>,
): Promise<void> {
  const subjects = new Set<string>();
  const stops = await subscribe((subject) => void subjects.add(subject));
  let before = -1;
  for (let waitedMs = 0; before !== subjects.size && waitedMs < LONGEST_MS; waitedMs += PAUSE_MS) {
    before = subjects.size;
    await wait(PAUSE_MS);
  }
  await Promise.all(stops.map((stop) => stop()));
}
