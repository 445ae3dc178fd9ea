/**
 * Regression tests of circuits, for vitest:
 *
 * ```ts
 * import { expect, test } from 'vitest';
 * import '@adiabit/simulator/testing';
 *
 * test('the circuit still answers as it did', async () => {
 *   await expect('digits.abit').toMatchGolden('digits.golden.json');
 *   await expect('digits.abit').toMeetLatency({ latency: 24, initiationInterval: 8 });
 * });
 * ```
 *
 * The subject is the path of a bitstream, its bytes, or a circuit in any form (`circuitOf` of `@adiabit/sdk`). Of bytes the circuit is
 * run, with the integer oracle beside it: unrolled where the network can be, else folded; options `form` and `folding` say otherwise. Golden
 * files say which tool, bitstream and seed made them; `ADIABIT_UPDATE_GOLDEN=1` writes them anew.
 */
import { expect } from 'vitest';
import { circuitMatchers, type EquivalenceOptions, type GoldenOptions, type LatencyBudget } from './matchers.js';
import type { FormOptions, Subject } from './subject.js';

export { circuitMatchers, UPDATE_VARIABLE as updateVariable } from './matchers.js';
export type { EquivalenceOptions, GoldenOptions, LatencyBudget, MatcherResult } from './matchers.js';
export { readGolden, writeGolden, type GoldenFile, type GoldenProvenance } from './golden-file.js';
export type { FormOptions, Subject } from './subject.js';
export { inputVectors } from './vectors.js';

/** A matcher that only circuits have. */
type CircuitMatcher<T, Parameters extends readonly unknown[]> = T extends Subject
  ? (...parameters: Parameters) => Promise<void>
  : never;

declare module 'vitest' {
  interface Matchers<T> {
    toMatchGolden: CircuitMatcher<T, [path: string, options?: GoldenOptions]>;
    toBeEquivalentTo: CircuitMatcher<T, [other: Subject, options?: EquivalenceOptions]>;
    toMeetLatency: CircuitMatcher<T, [budget: LatencyBudget, form?: FormOptions]>;
  }
}

expect.extend(circuitMatchers);
