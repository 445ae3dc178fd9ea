import { describe, expect, it } from 'vitest';
import { CancelledError } from '@adiabit/simulator/errors';
import type { Steps } from '@adiabit/simulator/circuit';
import { build } from './build.js';
import type { Observer, Progress } from './observer.js';

const STEP_MS = 5;

/** Does nothing for some milliseconds, without letting the event loop run. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function* busySteps(count: number): Steps<string> {
  for (let step = 0; step < count; step++) {
    yield step / count;
    work(STEP_MS);
  }
  return 'built';
}

function watched(): { readonly seen: Progress[]; readonly observer: Observer } {
  const seen: Progress[] = [];
  return { seen, observer: { onProgress: (progress) => seen.push(progress) } };
}

describe('building in steps', () => {
  it('gives what the steps give, and tells progress from 0 to the total, each part once', async () => {
    const { seen, observer } = watched();
    expect(await build(busySteps(7), { observer })).toBe('built');
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...new Set(done)].sort((one, other) => one - other));
    expect([done[0], done.at(-1)]).toEqual([0, seen[0].total]);
    expect(done).toHaveLength(8);
    expect(new Set(seen.map(({ step, total }) => `${step} ${total}`)).size).toBe(1);
  });

  it('stops before the next step once a timer, which only an event loop that runs can serve, has fired the signal', async () => {
    const { seen, observer } = watched();
    const begin = performance.now();
    const building = build(busySteps(1000), { observer, signal: AbortSignal.timeout(20) });
    await expect(building).rejects.toBeInstanceOf(CancelledError);
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(seen.at(-1)?.done).toBeLessThan(50);
  });

  it('does no step if the signal has fired before', async () => {
    const { seen, observer } = watched();
    await expect(build(busySteps(1), { observer, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
    expect(seen).toEqual([]);
  });

  it('passes on what a step throws', async () => {
    const failing = (function* (): Steps<never> {
      yield 0.5;
      throw new RangeError('no room');
    })();
    await expect(build(failing, {})).rejects.toThrow('no room');
  });
});
