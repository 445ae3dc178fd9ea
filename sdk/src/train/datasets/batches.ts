import { DataError } from '@adiabit/simulator/errors';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import type { Examples } from './dataset.js';

/**
 * One batch as plain arrays. Batches are gathered here, not sliced from a big tensor: on the wasm backend a slice costs
 * as much as a training step.
 */
export interface Batch {
  readonly size: number;
  /** size x inputs, the integers of the examples. */
  readonly inputs: Float32Array;
  /** size x classes, what is wanted of each: rows sum to 1, and only a teacher's have more than one that is not 0. */
  readonly targets: Float32Array;
}

/** Gathers `size` examples, those at order[start], order[start + 1], ... */
export function gatherBatch(examples: Examples, order: Uint32Array, start: number, size: number): Batch {
  const width = examples.values.length / examples.count;
  const inputs = new Float32Array(size * width);
  const targets = new Float32Array(size * examples.classes);
  for (let row = 0; row < size; row++) {
    const example = order[start + row];
    inputs.set(examples.values.subarray(example * width, (example + 1) * width), row * width);
    targets[row * examples.classes + examples.labels[example]] = 1;
  }
  return { size, inputs, targets };
}

/**
 * Checks that examples fit a network.
 * @throws DataError naming the offender, when the examples do not fit the network or themselves
 */
export function checkExamples(spec: NetworkSpec, examples: Examples, what: string): void {
  const { count, shape, values, labels, classes } = examples;
  const width = shape.reduce((product, size) => product * size, 1);
  const layers = resolveLayers(spec);
  const { outputs } = layers[layers.length - 1];
  const mismatch = (message: string, expected: number, found: number) =>
    new DataError('shape-mismatch', message, { expected, found });
  const offence = (message: string, index: number, value: number) =>
    new DataError('bad-value', message, { index, value });
  for (const [name, array] of Object.entries<unknown>({ values, labels })) {
    if (array instanceof Uint8Array) continue;
    const message = `The ${name} of the ${what} examples are no Uint8Array. Let datasetFromArrays make the data set.`;
    throw new DataError('bad-value', message, { part: what, name });
  }
  if (count === 0) throw new DataError('bad-value', `There are no ${what} examples.`);
  if (width !== spec.inputs) {
    const found = `a ${what} example has the shape [${shape.join(', ')}]`;
    throw mismatch(`Network '${spec.name}' has ${spec.inputs} inputs, but ${found}.`, spec.inputs, width);
  }
  if (outputs !== classes) {
    const found = `the ${what} examples have ${classes} classes`;
    throw mismatch(`Network '${spec.name}' has ${outputs} outputs, but ${found}.`, outputs, classes);
  }
  if (values.length !== count * width) {
    const message = `${count} ${what} examples take ${count * width} values, but there are ${values.length}.`;
    throw mismatch(message, count * width, values.length);
  }
  if (labels.length !== count) {
    throw mismatch(`There are ${count} ${what} examples, but ${labels.length} labels.`, count, labels.length);
  }
  const wrongLabel = labels.findIndex((label) => label >= classes);
  if (wrongLabel >= 0) {
    const message = `Label ${wrongLabel} of the ${what} examples is ${labels[wrongLabel]}, but there are ${classes} classes.`;
    throw offence(message, wrongLabel, labels[wrongLabel]);
  }
  const isThere = new Uint8Array(classes);
  for (const label of labels) isThere[label] = 1;
  const empty = isThere.indexOf(0);
  if (what === 'training' && empty >= 0) {
    throw new DataError('bad-value', `Class ${empty} has no training examples: nothing can learn it.`, {
      class: empty,
    });
  }
  const limit = 2 ** spec.inputBits;
  const tooLarge = limit === 256 ? -1 : values.findIndex((value) => value >= limit);
  if (tooLarge >= 0) {
    const found = `value ${tooLarge} of the ${what} examples is ${values[tooLarge]}`;
    throw offence(
      `Network '${spec.name}' takes ${spec.inputBits}-bit inputs, but ${found}.`,
      tooLarge,
      values[tooLarge],
    );
  }
}
