import type { Witness } from '../report/summary.js';

/** Counts vectors of which any output integer differs. */
export function compareOutputs(
  name: string,
  against: string,
  expected: readonly Int32Array[],
  actual: readonly Int32Array[],
): Witness {
  const differs = (vector: number): boolean =>
    actual[vector].length !== expected[vector].length ||
    actual[vector].some((output, index) => output !== expected[vector][index]);
  const mismatches = actual.filter((_, vector) => differs(vector)).length;
  return { name, against, vectors: actual.length, mismatches };
}

/** A run's outputs as one array per vector. */
export const splitOutputs = (outputs: Int32Array, outputCount: number): Int32Array[] =>
  Array.from({ length: outputs.length / outputCount }, (_, vector) =>
    outputs.subarray(vector * outputCount, (vector + 1) * outputCount),
  );
