import type { InferenceRun } from '@adiabit/simulator/engines';
import { createOracle, type Network } from '@adiabit/simulator/network';
import type { Inference } from '../device/index.js';
import { argmax } from '../model/oracle.js';
import type { Witness } from '../report/summary.js';
import { createEventLoopYield } from '../train/learning/event-loop.js';
import { throwIfCancelled } from './observer.js';

/** Counts the vectors with any output integer that differs. */
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

/** What something that ran a circuit says of an input. */
export type Answer = Pick<Inference, 'class' | 'outputs'>;

/** Counts the answers that differ: in any output or, of firmware that tells the class alone, in that. */
export function compareAnswers(
  name: string,
  against: string,
  expected: readonly Int32Array[],
  answers: readonly Answer[],
): Witness {
  const outputs = answers.map((answer) => answer.outputs);
  if (outputs.every(({ length }) => length > 0)) return compareOutputs(name, against, expected, outputs);
  const expectedClasses = expected.map((values) => Int32Array.of(argmax(values)));
  const classes = answers.map((answer) => Int32Array.of(answer.class));
  return { ...compareOutputs(name, against, expectedClasses, classes), classesOnly: true };
}

/** Splits a run's outputs into one array per vector. */
export const splitOutputs = ({ outputs, outputCount }: Pick<InferenceRun, 'outputs' | 'outputCount'>): Int32Array[] =>
  Array.from({ length: outputs.length / outputCount }, (_, vector) =>
    outputs.subarray(vector * outputCount, (vector + 1) * outputCount),
  );

/** Computes the outputs of the integer network, and yields to the event loop on the way. @throws CancelledError */
export async function oracleOutputs(
  network: Network,
  inputs: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<readonly Int32Array[]> {
  const oracle = createOracle(network);
  const yieldToEventLoop = createEventLoopYield(() => performance.now());
  const outputs: Int32Array[] = [];
  for (const input of inputs) {
    throwIfCancelled(signal);
    outputs.push(oracle(input).outputs);
    await yieldToEventLoop();
  }
  return outputs;
}
