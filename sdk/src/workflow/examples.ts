import { outputsOf, Random, type Bitstream } from '@adiabit/simulator';
import { prepareInput } from '../model/preparation.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { loadData, taskOf, type DataSource, type Described } from './data.js';
import type { Following } from './observer.js';

/** Where the examples of a circuit come from. */
export interface ExampleSource {
  readonly data?: DataSource;
  /** The .model.json that the circuit was compiled from: prepares the examples. If absent, as the bitstream says. */
  readonly model?: string | undefined;
}

/** Test examples as a circuit takes them. */
export interface TestExamples {
  readonly inputs: readonly Uint8Array[];
  /** The outputs that are right, of all examples. */
  readonly labels: Uint8Array;
  /** Values of an example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** All there are, of which `inputs` may be the first. */
  readonly count: number;
}

const describedBy = ({ network, description }: Bitstream): Described => {
  const { name, trainedOn } = description;
  return { name, trainedOn, count: network.input.count };
};

/**
 * Loads the test set for a circuit, prepared as the model says, its labels matched by name with the classes that it was trained on.
 * @param limit only the first so many
 * @throws DataError as `loadData` and `matchClasses` do
 */
export async function testExamples(
  bitstream: Bitstream,
  { data, model }: ExampleSource,
  following: Following = {},
  limit?: number,
): Promise<TestExamples> {
  const described = describedBy(bitstream);
  const task = taskOf(described);
  const dataset = await loadData(data, task, following);
  const { test } = dataset;
  const { name, trainedOn } = described;
  const { matchClasses } = await import('../train/datasets/match-classes.js');
  const outputs = outputsOf(bitstream.network.layers.at(-1)!);
  const { labels, doubts } = matchClasses(dataset, { network: name, outputs, classNames: trainedOn?.classNames });
  const note = following.observer?.onNote;
  for (const reason of doubts) note?.({ kind: 'doubt', doubt: { kind: 'unnamed-classes', reason } });
  if (task.kind === 'sound' && model === undefined && trainedOn === undefined)
    note?.({ kind: 'doubt', doubt: { kind: 'unprepared-sounds' } });
  const inputs = await prepared(exampleVectors(test, limit), bitstream, model);
  return { inputs, labels, shape: test.shape, count: test.count };
}

/** Inputs to compare circuits with, right or wrong answers apart. */
export interface VectorSource {
  readonly data?: DataSource;
  /** How many. */
  readonly vectors: number;
  /** Of random ones. */
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
    const { test } = await loadData(data, taskOf(describedBy(bitstream)), following);
    return prepared(exampleVectors(test, vectors), bitstream, undefined);
  }
  const random = Random.fromSeed(seed, 'vectors');
  return Array.from({ length: vectors }, () => Uint8Array.from({ length: values }, () => random.below(2 ** bits)));
}

/** The inputs of the circuit from examples as they were recorded, as the model says, or else the bitstream. */
async function prepared(
  examples: readonly Uint8Array[],
  bitstream: Bitstream,
  modelFile: string | undefined,
): Promise<readonly Uint8Array[]> {
  const { preparation } = bitstream.description;
  const { loadModel } = await import('../model/model-file.js');
  const input =
    modelFile === undefined
      ? { ...bitstream.network.input, ...(preparation === undefined ? {} : { preparation }) }
      : (await loadModel(modelFile)).input;
  return examples.map((example) => prepareInput(input, example));
}
