import type { InferenceRun } from '../engines/run.js';

/** Describes the first output in which two runs over the same inputs differ; undefined if there is none. */
export function firstDifference(
  expected: readonly Int32Array[],
  received: readonly Int32Array[],
  inputs: readonly Uint8Array[],
): string | undefined {
  const wrong = expected.flatMap((outputs, vector) =>
    outputs.length === received[vector].length && outputs.every((value, index) => value === received[vector][index])
      ? []
      : [vector],
  );
  if (wrong.length === 0) return undefined;
  const [vector] = wrong;
  const output = expected[vector].findIndex((value, index) => value !== received[vector][index]);
  return (
    `${wrong.length} of ${expected.length} vectors differ. The first is vector ${vector}, in output ${output}: ` +
    `expected ${expected[vector][output]}, received ${received[vector][output]}.\n` +
    `  input    ${brief(inputs[vector])}\n  expected ${brief(expected[vector])}\n  received ${brief(received[vector])}`
  );
}

/** Gives the outputs of a run, vector by vector. */
export const outputsOf = ({ count, outputCount, outputs }: InferenceRun): readonly Int32Array[] =>
  Array.from({ length: count }, (_, vector) => outputs.slice(vector * outputCount, (vector + 1) * outputCount));

const SHOWN = 16;

const brief = (values: Uint8Array | Int32Array): string =>
  `[${[...values.slice(0, SHOWN)].join(', ')}${values.length > SHOWN ? `, ... ${values.length} in all` : ''}]`;
