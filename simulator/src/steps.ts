/**
 * Long work that can be paused or left between two steps. It yields the share of it that is done: 0 to 1, and never
 * less than before.
 */
export type Steps<Result> = Generator<number, Result, void>;

/** Does all steps without a pause. */
export function finish<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Does steps as the part of longer work that begins at the share `from` and ends at the share `to`. */
export function* within<Result>(from: number, to: number, steps: Steps<Result>): Steps<Result> {
  let step = steps.next();
  while (step.done !== true) {
    yield from + (to - from) * step.value;
    step = steps.next();
  }
  return step.value;
}

/** Returns the share that counts as done after one more round, if nobody knows how many there will be: half of the rest. */
export const afterNextRound = (done: number): number => (1 + done) / 2;
