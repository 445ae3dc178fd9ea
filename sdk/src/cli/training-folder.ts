import type { Command } from 'commander';
import { DataError } from '@adiabit/simulator/errors';
import { exists } from '../files.js';
import type { BackendName } from '../train/backends/names.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import { checkpointFileIn } from '../workflow/train.js';
import { refuseClashes } from './paths.js';

export interface TrainFlags {
  readonly config?: string;
  readonly epochs?: number;
  readonly set?: readonly string[];
  readonly recipe: string;
  readonly data?: string;
  readonly name?: string;
  readonly seed: number;
  readonly out: string;
  readonly backend: BackendName | 'auto';
  readonly shards?: number;
  readonly threads?: number;
  readonly teacher?: string;
  readonly start?: string;
  readonly normalize: boolean;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * Refuses to replace a training that nobody asked to replace.
 * @throws DataError `data.not-found` when there is nothing to go on from; else ends the command with exit code 2
 */
export async function checkTrainingFolder(
  { out, resume, force, teacher, start, data }: TrainFlags,
  command: Command,
): Promise<void> {
  const checkpointFile = checkpointFileIn(out);
  const inputs = { '--teacher': teacher, '--start': start };
  await refuseClashes(command, { inputs, outputs: { 'the training': checkpointFile }, data });
  const isThere = await exists(checkpointFile);
  if (resume === true && !isThere) {
    const message = `${out} holds no training to go on with. Leave --resume out to start one there.`;
    throw new DataError('not-found', message, { folder: out });
  }
  if (isThere && resume !== true && force !== true) {
    const hint = '--resume goes on with it, --force starts anew and replaces it.';
    command.error(`error: ${out} holds a training already: ${hint}`, { exitCode: 2 });
  }
}

/** Loads the network that the recipe learns from, if one is named. @throws as `loadBestNetwork` does */
export async function teacherOf({ teacher }: TrainFlags): Promise<TrainedNetwork | undefined> {
  if (teacher === undefined) return undefined;
  const { loadBestNetwork } = await import('../train/checkpoints/checkpoint.js');
  return loadBestNetwork(teacher);
}
