/** A trained network that a training goes on from: a LayersModel of TensorFlow.js, a model of Keras, or a checkpoint of ours. */
import { dirname, join } from 'node:path';
import { readBytes, readText } from '../files.js';
import { withPackages } from '../packages/features.js';
import { digestOfValue, digestOf } from '../project/digest.js';
import type { StartingPoint } from '../train/network/starting-point.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { readerBeside } from './files-beside.js';

/**
 * Loads the real-valued start of a training. Weights that become binary are scaled so that the network computes at first what it did.
 * @param file `model.json` with its weights beside it, `.h5`, or a `training.checkpoint`
 * @throws FormatError for a file that is none of these; ModelError `model.shape-mismatch` for another network
 */
export const startFrom = async (file: string, recipe: Recipe): Promise<StartingPoint> => ({
  network: await networkIn(file, recipe),
  weights: 'from-real',
});

async function networkIn(file: string, { network }: Recipe): Promise<TrainedNetwork> {
  if (isLayersModel(file)) {
    const { readLayersModel } = await import('../interchange/keras/read-layers-model.js');
    const { startingNetwork } = await import('../interchange/keras/starting-network.js');
    return startingNetwork(readLayersModel(await readText(file), file, readerBeside(file)), network);
  }
  if (file.endsWith('.h5')) {
    const { readKerasModel } = await withPackages('interchange', () => import('../interchange/keras/read-h5.js'));
    const { startingNetwork } = await import('../interchange/keras/starting-network.js');
    return startingNetwork(readKerasModel(await readBytes(file), file), network);
  }
  const { loadBestNetwork } = await import('../train/checkpoints/checkpoint.js');
  return loadBestNetwork(file);
}

const isLayersModel = (file: string): boolean => file.endsWith('.json');

/** Returns a digest over the bytes that a start consists of. */
export async function startDigest(file: string): Promise<string> {
  if (!isLayersModel(file)) return digestOf(await readBytes(file));
  const { weightFilesOf } = await import('../interchange/keras/read-layers-model.js');
  const text = await readText(file);
  const weights = weightFilesOf(text, file).map((path) => readBytes(join(dirname(file), path)));
  return digestOfValue([digestOf(text), ...(await Promise.all(weights)).map(digestOf)]);
}
