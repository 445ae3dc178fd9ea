/**
 * The campaign of sweeps: many small trainings over a queue while workers are killed (SIGKILL) and Redis is restarted. Every trial must
 * end exactly once, with the bytes that it has on an undisturbed machine, and hardly anything may be trained twice.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scriptFlags } from '../../sdk/bench/flags.js';
import { writeRows } from '../../sdk/bench/rows.js';
import { runSweepCampaign } from './sweep-run.js';

const USAGE = `A sweep over a queue whose workers and whose Redis are killed.

    npm run campaign:sweeps -- [--trials 200] [--workers 4] [--kill-seconds 30] [--restarts 2] [--json FILE]

  --trials N        trainings
  --workers N       workers at the same time
  --kill-seconds N  a worker is killed this often
  --restarts N      restarts of Redis
  --examples N      examples of an epoch
  --folder DIR      for all files (out/campaign-sweeps); the undisturbed half is kept
  --json FILE       the tally as rows`;

const values = scriptFlags(USAGE, () =>
  parseArgs({
    options: {
      trials: { type: 'string', default: '200' },
      workers: { type: 'string', default: '4' },
      'kill-seconds': { type: 'string', default: '30' },
      restarts: { type: 'string', default: '2' },
      examples: { type: 'string', default: '900' },
      folder: { type: 'string', default: 'out/campaign-sweeps' },
      json: { type: 'string' },
    },
  }),
);

const MOST_REPEATED = 0.05;

const { folder } = values;
for (const old of ['disturbed', 'redis', 'workers']) await rm(join(folder, old), { recursive: true, force: true });
const tally = await runSweepCampaign({
  folder,
  trials: Number(values.trials),
  workers: Number(values.workers),
  killEveryMs: 1000 * Number(values['kill-seconds']),
  restarts: Number(values.restarts),
  examples: Number(values.examples),
  say: (line) => process.stderr.write(`${line}\n`),
});
const { trials, finished, outcomes, different, kills, redisRestarts, epochs, repeatedEpochs, cutOffEpochs } = tally;
const repeated = (repeatedEpochs + cutOffEpochs) / epochs;
console.log(`${trials} trials: ${finished} finished, ${outcomes} outcomes, ${different.length} files differ`);
console.log(
  `${kills} workers killed, Redis restarted ${redisRestarts} times, ${tally.moved} trials went on in another worker`,
);
console.log(
  `${epochs} epochs; ${repeatedEpochs} trained again and ${cutOffEpochs} cut off: ${(100 * repeated).toFixed(2)} %`,
);
console.log(`${tally.secondsUndisturbed.toFixed(0)} s undisturbed, ${tally.secondsDisturbed.toFixed(0)} s disturbed`);
for (const file of different) console.log(`differs: ${file}`);
const row = (id: string, value: number, unit: string, against: string, ratio: number | null = null) => ({
  id: `sweeps.${id}`,
  value,
  unit,
  against,
  ratio,
});
writeRows(
  [
    row('finished', finished, 'trials', `${trials} trials`, finished / trials),
    row('outcomes', outcomes, 'outcomes', `${trials} trials`, outcomes / trials),
    row('different', different.length, 'files', `${2 * trials} files`),
    row('kills', kills, 'workers killed', `${values.workers} workers`),
    row('redis-restarts', redisRestarts, 'restarts', 'one Redis'),
    row('moved', tally.moved, 'trials went on in another worker', `${trials} trials`),
    row('repeated', repeatedEpochs + cutOffEpochs, 'epochs', `${epochs} epochs`, repeated),
    row('seconds', tally.secondsDisturbed, 's', `${tally.secondsUndisturbed.toFixed(0)} s undisturbed`),
  ],
  values,
);
const isKept = finished === trials && outcomes === trials && different.length === 0 && repeated <= MOST_REPEATED;
if (!isKept) process.exitCode = 1;
