import type { Bitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { outputsOf } from '@adiabit/simulator/network';
import { Random } from '@adiabit/simulator/random';
import { readBytes } from '../files.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { loadDataFor, taskOf, type DataSource, type Described } from './data.js';
import type { Following } from './observer.js';

/** The source of a circuit's examples. */
export interface ExampleSource {
  readonly data?: DataSource;
}

/** Examples without labels: a file of raw counts of sensors, instead of a test set. */
export interface RawSource {
  readonly raw?: string | undefined;
}

/** Test examples as a circuit takes them. */
export interface TestExamples {
  readonly inputs: readonly Uint8Array[];
  /** The outputs that are right, of all examples. */
  readonly labels: Uint8Array;
  /** Values of an example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** All examples; `inputs` may be the first of them. */
  readonly count: number;
}

const describedBy = ({ network, description }: Bitstream): Described => {
  const { name, trainedOn } = description;
  return { name, trainedOn, count: network.input.count };
};

/**
 * Loads the test set for a circuit, its labels matched by name with the classes that it was trained on.
 * @param limit number of examples, from the first on
 * @throws DataError as `loadDataFor` and `matchClasses` do
 */
export async function testExamples(
  bitstream: Bitstream,
  { data }: ExampleSource,
  following: Following = {},
  limit?: number,
): Promise<TestExamples> {
  const described = describedBy(bitstream);
  const dataset = await loadDataFor(described, data, following);
  const { test } = dataset;
  const { name, trainedOn } = described;
  const { matchClasses } = await import('../train/datasets/match-classes.js');
  const outputs = outputsOf(bitstream.network.layers.at(-1)!);
  const { labels, doubts } = matchClasses(dataset, { network: name, outputs, classNames: trainedOn?.classNames });
  const note = following.observer?.onNote;
  for (const reason of doubts) note?.({ kind: 'doubt', doubt: { kind: 'unnamed-classes', reason } });
  return { inputs: exampleVectors(test, limit), labels, shape: test.shape, count: test.count };
}

/**
 * Loads the inputs of a circuit: windows of a file of raw counts, of which nobody knows the class, or test examples.
 * @throws DataError as `testExamples` and `rawExamples` do; `data.shape-mismatch` for raw counts where the network takes
 * none
 */
export async function inputsFor(
  bitstream: Bitstream,
  { raw, data }: ExampleSource & RawSource,
  following: Following = {},
  limit?: number,
): Promise<Pick<TestExamples, 'inputs' | 'count'> & Partial<TestExamples>> {
  if (raw === undefined) return testExamples(bitstream, data === undefined ? {} : { data }, following, limit);
  const { name, trainedOn: { channels, shape } = {} } = bitstream.description;
  if (channels === undefined || shape === undefined) {
    const message = `"${name}" has no scales for raw counts. Train it on sensor values (docs/guides/sensors.md), or name test data.`;
    throw new DataError('shape-mismatch', message, { options: ['data'] });
  }
  const { rawExamples } = await import('../train/datasets/sensors/raw-rows.js');
  const all = await rawExamples(await readBytes(raw), raw, { channels, shape });
  return { inputs: all.slice(0, limit), count: all.length };
}

/**
 * Makes an example of a file, as a folder's files become examples: a PNG or JPEG scaled to the shape and made grey where the network takes
 * grey, a WAV at the network's rate, the first rows of a table of raw counts scaled as the network was trained.
 * @param file its name, for errors
 * @throws FormatError as `pictureValues` and `soundValues` do; DataError as `taskOf` and `rawExamples` do
 */
export async function exampleFromFile(bitstream: Bitstream, bytes: Uint8Array, file: string): Promise<Uint8Array> {
  const { channels, shape } = bitstream.description.trainedOn ?? {};
  if (channels !== undefined && shape !== undefined) {
    const { rawExamples } = await import('../train/datasets/sensors/raw-rows.js');
    return (await rawExamples(bytes, file, { channels, shape }))[0];
  }
  const task = taskOf(describedBy(bitstream));
  if (task.kind === 'picture') {
    const { pictureValues } = await import('../train/datasets/pictures.js');
    return pictureValues(bytes, task.shape, file);
  }
  const { soundValues } = await import('../train/datasets/sounds.js');
  return soundValues(bytes, task, file);
}

/** Inputs to compare circuits with, right or wrong answers apart. */
export interface VectorSource {
  readonly data?: DataSource;
  /** How many. */
  readonly vectors: number;
  /** The seed of random ones. */
  readonly seed: number;
}

/** Makes inputs of a circuit: the first test examples of the data, or random ones if there is none. */
export async function vectorsFor(
  bitstream: Bitstream,
  { data, vectors, seed }: VectorSource,
  following: Following = {},
): Promise<readonly Uint8Array[]> {
  const { count: values, bits } = bitstream.network.input;
  if (data !== undefined) {
    const { test } = await loadDataFor(describedBy(bitstream), data, following);
    return exampleVectors(test, vectors);
  }
  const random = Random.fromSeed(seed, 'vectors');
  return Array.from({ length: vectors }, () => Uint8Array.from({ length: values }, () => random.below(2 ** bits)));
}
