import { AdiabitError, DataError } from '@adiabit/simulator/errors';
import { takesDigits, testExamples } from '@adiabit/sdk/workflow';
import type { Bitstream } from '@adiabit/simulator/bitstream';
import type { Handlers } from '../../common/contract.js';
import type { ExampleSet } from '../../common/contract/live.js';
import { failureOf } from '../../common/failure.js';
import type { Library } from './library.js';
import { WatchedCircuit } from './live-circuit.js';

type LiveHandlers = Pick<
  Handlers<'lab'>,
  'describeCircuit' | 'askOracle' | 'askCircuit' | 'inputFromFile' | 'openExamples' | 'readExamples'
>;

interface LoadedExamples {
  readonly told: ExampleSet;
  readonly inputs: readonly Uint8Array[];
}

/** Circuits that are kept ready, with their examples: whoever compares two goes back and forth. */
const KEPT_CIRCUITS = 3;

/** What the lab does for Live: shows inputs to circuits of the library. */
export function liveHandlers(library: Library, dataFolder: string | undefined): LiveHandlers {
  const circuits = keptAlive((entry) => library.bitstream(entry).then((bitstream) => new WatchedCircuit(bitstream)));
  const examples = keptAlive((entry) =>
    library.bitstream(entry).then((bitstream) => loadExamples(bitstream, dataFolder)),
  );
  return {
    describeCircuit: async ({ entry }) => (await circuits(entry)).describe(),
    askOracle: async ({ entry, input, wantsLayers }) => (await circuits(entry)).askOracle(input, wantsLayers),
    askCircuit: async ({ entry, input }) => (await circuits(entry)).askCircuit(input),
    inputFromFile: async ({ entry, bytes, fileName }) => (await circuits(entry)).inputFromFile(bytes, fileName),
    openExamples: async ({ entry }) => (await examples(entry)).told,
    readExamples: async ({ entry, from, count }) => (await examples(entry)).inputs.slice(from, from + count),
  };
}

/** Makes what is asked for once, and forgets what was not asked for lately. What failed is tried again. */
function keptAlive<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (key) => {
    const made = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    for (const old of [...kept.keys()].slice(0, -KEPT_CIRCUITS)) kept.delete(old);
    return made;
  };
}

/** Loads the test set of a circuit: of the folder with data, or the digits that are installed; else its golden vectors. */
async function loadExamples(bitstream: Bitstream, dataFolder: string | undefined): Promise<LoadedExamples> {
  try {
    const { inputs, labels, count, source } = await testSet(bitstream, dataFolder);
    return { told: { source, count, labels }, inputs };
  } catch (error) {
    if (!(error instanceof AdiabitError)) throw error;
    const inputs = bitstream.goldenVectors.map(({ input }) => input);
    return { told: { source: 'golden vectors of the bitstream', count: inputs.length, why: failureOf(error) }, inputs };
  }
}

async function testSet(bitstream: Bitstream, dataFolder: string | undefined) {
  const { name, trainedOn } = bitstream.description;
  const isDigits = takesDigits({ name, trainedOn, count: bitstream.network.input.count });
  if (dataFolder !== undefined) {
    try {
      return { ...(await testExamples(bitstream, { data: dataFolder })), source: `test set in ${dataFolder}` };
    } catch (error) {
      // A folder of other data sets leaves the digits that are installed.
      if (!isDigits || !(error instanceof DataError)) throw error;
    }
  }
  if (!isDigits) {
    const message =
      'Start the studio with the folder of its data set (--data DIR): only the digits of MNIST come along.';
    throw new DataError('not-found', message, { name });
  }
  return { ...(await testExamples(bitstream, {})), source: 'test set of MNIST' };
}
