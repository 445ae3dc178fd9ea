import { DataError } from '@adiabit/simulator/errors';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, reasonOf, writeWhole } from '../../files.js';
import type { EpochOutcome, TrainingState } from '../learning/training-state.js';
import type { Layer } from '../network/layers.js';
import { resolveLayers } from '../network/network.js';
import { toTrainedNetwork } from '../network/parameters.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { checkpointIdentity, decodeCheckpoint, encodeCheckpoint, type RunIdentity } from './checkpoint-format.js';

/**
 * Replaces the checkpoint file as a whole: stopping at any moment leaves the old one or the new one.
 *
 * @throws FileError when the file cannot be written: `file.disk-full`, `file.read-only`, ...
 */
export async function saveCheckpoint(file: string, identity: RunIdentity, state: TrainingState): Promise<void> {
  await makeFolder(dirname(file));
  await writeWhole(file, encodeCheckpoint(identity, state));
}

/**
 * Reads the checkpoint of a training.
 * @throws DataError `data.not-found` when there is no such file; FormatError as {@link decodeCheckpoint}
 */
export async function loadCheckpoint(
  file: string,
  expected: RunIdentity,
  layers: readonly Layer[],
): Promise<TrainingState> {
  const bytes = await readCheckpoint(file);
  return decodeCheckpoint(bytes, expected, layers, file);
}

/**
 * Reads the best hard network that a checkpoint holds, to start another training from. Statistics of batch
 * normalisations are not in a checkpoint: theirs are mean 0 and variance 1. So with batch normalisation this is nothing
 * to freeze; `train` with `resume` estimates them, also when the training is finished.
 *
 * @throws DataError `data.not-found` when there is no such file, or no epoch in it yet; FormatError when it is damaged
 */
export async function loadBestNetwork(file: string): Promise<TrainedNetwork> {
  const bytes = await readCheckpoint(file);
  const identity = checkpointIdentity(bytes, file);
  const { best } = decodeCheckpoint(bytes, identity, resolveLayers(identity.recipe.network), file);
  if (best !== undefined) return toTrainedNetwork(identity.recipe.network, best.parameters);
  throw new DataError('not-found', `The checkpoint ${file} holds no trained epoch yet.`, { file });
}

/**
 * Reads the epochs that a checkpoint has behind it.
 *
 * @throws DataError `data.not-found` when there is no such file; FormatError when it is damaged
 */
export async function loadHistory(file: string): Promise<readonly EpochOutcome[]> {
  const bytes = await readCheckpoint(file);
  const identity = checkpointIdentity(bytes, file);
  return decodeCheckpoint(bytes, identity, resolveLayers(identity.recipe.network), file).history;
}

async function readCheckpoint(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const message = `The checkpoint ${file} cannot be read: ${reasonOf(error)}. Start the training without resuming.`;
    throw new DataError('not-found', message, { file }, error);
  }
}
