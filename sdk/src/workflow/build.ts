import type { Bitstream } from '@adiabit/simulator/bitstream';
import type { Steps } from '@adiabit/simulator/circuit';
import { circuitInSteps, type BuiltCircuit, type CircuitFormChoice, type CircuitGoals } from '../compile/circuit-of.js';
import { createEventLoopYield } from '../train/learning/event-loop.js';
import { throwIfCancelled, type Following } from './observer.js';

/** Progress is told in this many parts. */
const PARTS = 100;

/**
 * Builds something step by step. Between two steps the event loop runs, progress is told, and the signal is looked at.
 * @throws what the steps throw; CancelledError
 */
export async function build<Result>(steps: Steps<Result>, { observer, signal }: Following): Promise<Result> {
  const yieldToEventLoop = createEventLoopYield(() => performance.now());
  const tell = (done: number): void => observer?.onProgress?.({ step: 'build', done, total: PARTS });
  throwIfCancelled(signal);
  let told = 0;
  tell(told);
  let step = steps.next();
  while (step.done !== true) {
    const done = Math.floor(PARTS * step.value);
    if (done > told) tell((told = done));
    await yieldToEventLoop();
    throwIfCancelled(signal);
    step = steps.next();
  }
  tell(PARTS);
  return step.value;
}

/** Builds a circuit as `circuitOf` does, and as `build` does it. @throws as both do */
export const buildCircuit = (
  bitstream: Bitstream,
  form: CircuitFormChoice | undefined,
  goals: CircuitGoals | undefined,
  following: Following,
): Promise<BuiltCircuit> => build(circuitInSteps(bitstream, form, goals), following);
