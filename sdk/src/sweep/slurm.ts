/** A sweep as a job array of Slurm: a task for each trial, in a folder that all nodes share. */
import { join, resolve } from 'node:path';
import { makeFolder, writeTogether } from '../files.js';
import type { Trial } from './plan.js';
import type { OpenedSweep } from './sweep.js';

export interface SlurmOptions {
  readonly swept: OpenedSweep;
  readonly trials: readonly Trial[];
  /** As it was named on the command line. */
  readonly config: string | undefined;
  readonly out: string | undefined;
}

/** Quotes a word for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Writes a script for `sbatch`, and the ids of its tasks beside it.
 * @returns the path of the script
 */
export async function writeSlurmArray(folder: string, options: SlurmOptions): Promise<string> {
  const at = resolve(folder);
  const [script, ids] = [join(at, 'sweep.sbatch'), join(at, 'trials.txt')];
  await makeFolder(at);
  await writeTogether([
    [ids, options.trials.map(({ id }) => `${id}\n`).join('')],
    [script, slurmScript(at, options), 0o755],
  ]);
  return script;
}

function slurmScript(folder: string, { swept, trials, config, out }: SlurmOptions): string {
  const { sweep } = swept;
  const most = sweep.workers === undefined ? '' : `%${sweep.workers}`;
  const words = [
    'adiabit',
    'sweep',
    ...(config === undefined ? [] : [quoted(resolve(config))]),
    '--out',
    quoted(resolve(out ?? swept.folder)),
  ].join(' ');
  return `#!/bin/sh
#SBATCH --job-name=${sweep.name}
#SBATCH --array=1-${trials.length}${most}
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --output=${join(folder, 'task-%a.log')}
# Options of sbatch go before these: sbatch --time=2:00:00 sweep.sbatch
# A task that is put back goes on from its last epoch. When all are done:
#   ${words}
set -eu
cd ${quoted(process.cwd())}
id=$(sed -n "\${SLURM_ARRAY_TASK_ID}p" ${quoted(join(folder, 'trials.txt'))})
exec ${words} --trial "$id"
`;
}
