/** A sweep over a queue whose workers and whose Redis are killed, beside the same sweep undisturbed on this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedis, sleep } from '../support/redis.js';
import { barsConfig, writeBars, writeConfig } from '../support/project.js';

export interface SweepRun {
  readonly folder: string;
  readonly trials: number;
  readonly workers: number;
  /** One worker after the other is killed this often. */
  readonly killEveryMs: number;
  /** Restarts of Redis, spread evenly over the trials: killed first, then asked to end, and so on. */
  readonly restarts: number;
  /** Examples to train on: they decide how long an epoch takes. */
  readonly examples: number;
  readonly say?: (line: string) => void;
}

export interface SweepTally {
  readonly trials: number;
  /** Trials with an outcome, and how many outcomes the sweep was told in all. */
  readonly finished: number;
  readonly outcomes: number;
  /** Files of trials that differ from those of the undisturbed run. */
  readonly different: readonly string[];
  readonly kills: number;
  readonly redisRestarts: number;
  /** Epochs of the undisturbed run. */
  readonly epochs: number;
  /** Epochs that were trained more than once, and those that were cut off, each counted as a whole one. */
  readonly repeatedEpochs: number;
  readonly cutOffEpochs: number;
  /** Trials that began in one worker and ended in another. */
  readonly moved: number;
  readonly secondsUndisturbed: number;
  readonly secondsDisturbed: number;
}

const MAIN = fileURLToPath(new URL('../../node_modules/.bin/adiabit', import.meta.url));
const EPOCH = /trial ([0-9a-f]{8}): epoch (\d+) of/;
const OUTCOME = /trial ([0-9a-f]{8}): [\d.]+ % after (\d+)\sepochs?/;

/** A command that runs, with the lines that it has said so far. */
class Running {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<unknown>;

  constructor(args: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, [MAIN, ...args], { cwd });
    let rest = '';
    const take = (chunk: Buffer): void => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
    };
    this.child.stdout?.on('data', take);
    this.child.stderr?.on('data', take);
    this.ended = once(this.child, 'close');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}

/** Runs both sweeps; what an earlier call left of the undisturbed one is not done again. */
export async function runSweepCampaign(run: SweepRun): Promise<SweepTally> {
  const { folder, say = () => undefined } = run;
  await writeSweep(run);
  const undisturbedMs = performance.now();
  say('undisturbed, in two processes on this machine');
  const calm = new Running(['sweep', '--out', 'calm', '--workers', '2'], folder);
  await calm.ended;
  if (calm.child.exitCode !== 0) throw new Error(calm.lines.join('\n'));
  const secondsUndisturbed = (performance.now() - undisturbedMs) / 1000;
  say(`disturbed: ${run.workers} workers`);
  const disturbedMs = performance.now();
  const { sweepLines, workers, kills, redisRestarts } = await disturb(run);
  const secondsDisturbed = (performance.now() - disturbedMs) / 1000;
  const trained = workers.flatMap(({ lines }) => lines.flatMap(epochOf));
  const outcomes = sweepLines.filter((line) => OUTCOME.test(line) && !line.includes('gates'));
  return {
    trials: run.trials,
    finished: new Set(outcomes.map((line) => OUTCOME.exec(line)![1])).size,
    outcomes: outcomes.length,
    different: await differences(join(folder, 'calm'), join(folder, 'disturbed')),
    kills,
    redisRestarts,
    epochs: outcomes.reduce((sum, line) => sum + Number(OUTCOME.exec(line)![2]), 0),
    repeatedEpochs: trained.length - new Set(trained).size,
    cutOffEpochs: kills,
    moved: movedTrials(workers),
    secondsUndisturbed,
    secondsDisturbed,
  };
}

const epochOf = (line: string): readonly string[] => {
  const found = EPOCH.exec(line);
  return found === null ? [] : [`${found[1]} ${found[2]}`];
};

function movedTrials(workers: readonly Running[]): number {
  const places = new Map<string, Set<number>>();
  workers.forEach(({ lines }, worker) => {
    for (const line of lines) {
      const id = EPOCH.exec(line)?.[1];
      if (id !== undefined) places.set(id, (places.get(id) ?? new Set()).add(worker));
    }
  });
  return [...places.values()].filter(({ size }) => size > 1).length;
}

async function disturb({ folder, workers: count, killEveryMs, restarts, trials, say = () => undefined }: SweepRun) {
  const redis = await startRedis(join(folder, 'redis'));
  const all: Running[] = [];
  // Each worker is a machine of its own: no work folder is used again.
  const startWorker = (): Running => {
    const work = join(folder, 'workers', String(all.length));
    const worker = new Running(['worker', '--redis', redis.url, '--work', work], folder);
    all.push(worker);
    return worker;
  };
  const alive = Array.from({ length: count }, startWorker);
  const sweep = new Running(['sweep', '--out', 'disturbed', '--redis', redis.url], folder);
  let [kills, redisRestarts] = [0, 0];
  const done = new AbortController();
  const isDone = (): boolean => done.signal.aborted;
  const outcomes = (): number => sweep.lines.filter((line) => OUTCOME.test(line)).length;
  const killing = (async () => {
    let waitedMs = 0;
    while (!isDone()) {
      await sleep(100);
      waitedMs += 100;
      // Who is killed before it has trained an epoch only begins again: on a slow machine a sweep would never end.
      const victim = alive.findIndex(({ lines }) => lines.some((line) => EPOCH.test(line)));
      if (waitedMs < killEveryMs || victim < 0) continue;
      await alive[victim].kill('SIGKILL');
      kills++;
      say(`${outcomes()} of ${trials} done; worker killed`);
      // The others have their turn first.
      alive.splice(victim, 1);
      alive.push(startWorker());
      waitedMs = 0;
    }
  })();
  const restarting = (async () => {
    while (redisRestarts < restarts && !isDone()) {
      await sleep(100);
      if (outcomes() < ((redisRestarts + 1) * trials) / (restarts + 1)) continue;
      await redis.restart(redisRestarts % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      redisRestarts++;
      say(`${outcomes()} of ${trials} done; Redis restarted`);
    }
  })();
  try {
    await sweep.ended;
  } finally {
    done.abort();
    await Promise.all([killing, restarting]);
    await Promise.all(alive.map((worker) => worker.kill('SIGKILL')));
    await redis.stop();
  }
  if (sweep.child.exitCode !== 0) throw new Error(sweep.lines.join('\n'));
  return { sweepLines: sweep.lines, workers: all, kills, redisRestarts };
}

/** Writes a small project of 8 x 8 pictures, and a sweep over its recipe. */
async function writeSweep({ folder, trials, examples }: SweepRun): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeBars(join(folder, 'bars'), examples);
  await writeConfig(folder, barsConfig);
  const sweep = {
    name: 'bars',
    space: {
      'network.layers.0.units': { from: 4, to: 24, step: 4 },
      'schedule.learningRate.initial': { from: 0.005, to: 0.05, scale: 'log' },
    },
    search: { kind: 'random', points: trials },
    epochs: 10,
  };
  await writeFile(join(folder, 'sweep.config.json'), JSON.stringify(sweep));
}

/** Compares outcome and model of every trial. */
async function differences(calm: string, disturbed: string): Promise<readonly string[]> {
  const names = await readdir(join(calm, 'trials'));
  const files = names.flatMap((name) =>
    ['result.json', 'network.model.json'].map((file) => join('trials', name, file)),
  );
  const compared = await Promise.all(
    files.map(async (file) => {
      const [one, other] = await Promise.all(
        [calm, disturbed].map((folder) => readFile(join(folder, file)).catch(() => Buffer.from('missing'))),
      );
      return one.equals(other) ? [] : [file];
    }),
  );
  return compared.flat();
}
