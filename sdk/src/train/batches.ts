import { DataError } from '@adiabit/simulator';
import type { Examples } from './dataset.js';
import type { DenseLayer, NetworkSpec } from './network.js';
import type { Random } from './random.js';

/**
 * One batch as plain arrays. Batches are gathered here, not sliced from a big tensor: on the wasm backend a slice costs
 * as much as a training step.
 */
export interface Batch {
  readonly size: number;
  /** size x inputs, the integers of the examples. */
  readonly inputs: Float32Array;
  /** size x classes, one 1 per row. */
  readonly oneHot: Float32Array;
}

/** Gathers `size` examples, those at order[start], order[start + 1], ... */
export function gatherBatch(examples: Examples, order: Uint32Array, start: number, size: number): Batch {
  const width = examples.values.length / examples.count;
  const inputs = new Float32Array(size * width);
  const oneHot = new Float32Array(size * examples.classes);
  for (let row = 0; row < size; row++) {
    const example = order[start + row];
    inputs.set(examples.values.subarray(example * width, (example + 1) * width), row * width);
    oneHot[row * examples.classes + examples.labels[example]] = 1;
  }
  return { size, inputs, oneHot };
}

/**
 * Inverted dropout: each value 0 with the layer's probability, else 1 / (1 - dropout), so that the expected activation
 * is what the whole network sees later. @returns size x outputs, or undefined for a layer without dropout
 */
export function dropoutMask({ dropout, outputs }: DenseLayer, size: number, random: Random): Float32Array | undefined {
  if (dropout === 0) return undefined;
  const mask = new Float32Array(size * outputs);
  const keptValue = 1 / (1 - dropout);
  for (let index = 0; index < mask.length; index++) mask[index] = random.uniform() < dropout ? 0 : keptValue;
  return mask;
}

/** @throws DataError when the examples do not fit the network's inputs or outputs */
export function checkExamples(spec: NetworkSpec, examples: Examples, what: string): void {
  const width = examples.shape.reduce((product, size) => product * size, 1);
  const outputs = spec.layers[spec.layers.length - 1].units;
  const shape = `[${examples.shape.join(', ')}]`;
  if (width !== spec.inputs) {
    const message = `Network '${spec.name}' has ${spec.inputs} inputs, but a ${what} example has the shape ${shape}.`;
    throw new DataError('shape-mismatch', message, { expected: spec.inputs, found: width });
  }
  if (outputs !== examples.classes) {
    const message = `Network '${spec.name}' has ${outputs} outputs, but the ${what} examples have ${examples.classes} classes.`;
    throw new DataError('shape-mismatch', message, { expected: outputs, found: examples.classes });
  }
  if (examples.count === 0) throw new DataError('bad-value', `There are no ${what} examples.`);
  const limit = 2 ** spec.inputBits;
  const offender = limit === 256 ? -1 : examples.values.findIndex((value) => value >= limit);
  if (offender >= 0) {
    const message = `Network '${spec.name}' takes ${spec.inputBits}-bit inputs, but value ${offender} of the ${what} examples is ${examples.values[offender]}.`;
    throw new DataError('bad-value', message, { index: offender, value: examples.values[offender] });
  }
}
