import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { CancelledError, DataError, ModelError } from '@adiabit/simulator/errors';
import type { BinarizedModel } from '../model/model.js';
import { modelDigest } from '../model/model-file.js';
import { createEventLoopYield } from '../train/learning/event-loop.js';
import type { Examples } from '../train/datasets/dataset.js';
import { Random, permutation } from '../random.js';
import { loadPosition, savePosition, type PolishPosition, type SweepOutcome } from './checkpoint.js';
import { accuracyOf } from './forward.js';
import { packModel, unpackModel, type PolishNetwork } from './network.js';
import type { PolishPlan } from '../train/recipes/polish-plan.js';
import { openVisitPool, threadsFor, type VisitPool } from './visit-pool.js';
import { movedCopies } from './state.js';
import { fitTemperature } from './temperature.js';
import { thresholdCandidates } from './visit-hidden.js';
import { offsetCandidates } from './visit-output.js';

export interface PolishOptions extends PolishPlan {
  readonly train: Examples;
  /** Decides which sweep's network is kept and when to stop. Never trained on. */
  readonly validation: Examples;
  /** Any integer. Same model, data, plan and seed: same bytes. */
  readonly seed: number;
  /** Written before the first visit, every few visits, and when cancelled. */
  readonly checkpointFile?: string;
  /** Goes on from `checkpointFile`, which must exist. The result has the bytes of a polishing that never stopped. */
  readonly resume?: boolean;
  /** Called after each visit to a neuron. */
  readonly onProgress?: (progress: PolishProgress) => void;
  /** Called after each sweep. */
  readonly onSweep?: (outcome: SweepOutcome) => void;
  /** Stops between two visits; `checkpointFile` then holds all that was done. */
  readonly signal?: AbortSignal;
  /** `kernel` (default) is WebAssembly SIMD, `reference` plain TypeScript: the same bytes, slowly. */
  readonly scan?: 'kernel' | 'reference';
  /**
   * Most worker threads that share the images out, never more than there are cores. If absent, as many as pay. The
   * bytes are the same.
   */
  readonly threads?: number;
  /** Milliseconds from any origin; only times left come from it. */
  readonly clock?: () => number;
}

export interface PolishProgress {
  /** Counted from 1. */
  readonly sweep: number;
  readonly sweeps: number;
  readonly candidatesDone: number;
  /** Changes tried in one sweep. */
  readonly candidates: number;
  /** Changes kept in this sweep so far. */
  readonly kept: number;
  /** Mean cross-entropy over the training images, in nats. */
  readonly loss: number;
  /** Estimated seconds for all sweeps left, at the mean pace of this run. It may stop sooner. */
  readonly secondsLeft: number;
}

export interface PolishResult {
  /** The best network by validation, of equals the latest: same structure and size as the one given. */
  readonly model: BinarizedModel;
  readonly bestSweep: number;
  readonly history: readonly SweepOutcome[];
  /** The temperature of the softmax, in units of the integer outputs. */
  readonly temperature: number;
  /** Wall-clock time of this call. */
  readonly seconds: number;
}

/** Sweeps without a better validation accuracy after which polishing stops. */
const PATIENCE = 2;
const VISITS_PER_CHECKPOINT = 16;

/**
 * Polishes a frozen network: exact coordinate descent on the integers that ship. Every weight bit, threshold and offset
 * is visited in random order, and a change is kept when the training cross-entropy of the exact network falls by more
 * than the margin. The loss is that of softmax(outputs / temperature); the temperature is the best one at the start,
 * times `temperature`, and then stays.
 *
 * Takes (1 + shifts) x training images x (2 x inputs + 4 x hidden + 12 x classes) bytes of memory.
 *
 * @throws ModelError `model.unsupported-layer` for anything but two dense layers over unsigned inputs,
 * `model.bad-value` for a plan that makes no sense; DataError for examples that do not fit; CancelledError when the
 * signal fires; FormatError for a checkpoint that is damaged or of another polishing
 */
export async function polish(model: BinarizedModel, options: PolishOptions): Promise<PolishResult> {
  const clock = options.clock ?? (() => performance.now());
  const startMs = clock();
  checkPlan(options);
  const given = unpackModel(model);
  checkFits(given, options.train, 'training');
  checkFits(given, options.validation, 'validation');
  const { checkpointFile } = options;
  const identity = identityOf(model, options);
  let resumed: PolishPosition | undefined;
  if (options.resume === true) {
    if (checkpointFile === undefined) throw new DataError('not-found', 'To resume, name the checkpoint file.');
    resumed = await loadPosition(checkpointFile, identity);
  }
  const network = resumed ? unpackModel(resumed.model) : given;
  const parts = movedCopies(options.train, options.shifts ?? []);
  const temperature = resumed?.temperature ?? fitTemperature(network, parts) * (options.temperature ?? 1);
  const { seed, margin, scan = 'kernel' } = options;
  const images = options.train.count * parts.length;
  const threads = threadsFor(images, options.threads);
  const pool = await openVisitPool({ network, parts, temperature, threads, seed, margin, scan });
  try {
    const run: Run = { model, options, clock, pool, identity, temperature, shape: given };
    const { best, history } = await runSweeps(run, resumed ?? (await firstPosition(run)));
    const seconds = (clock() - startMs) / 1000;
    return { model: best.model, bestSweep: best.sweep, history, temperature, seconds };
  } finally {
    await pool.close();
  }
}

interface Run {
  readonly model: BinarizedModel;
  readonly options: PolishOptions;
  readonly clock: () => number;
  readonly pool: VisitPool;
  readonly identity: string;
  readonly temperature: number;
  /** The network as it came, for what never changes. */
  readonly shape: PolishNetwork;
}

async function firstPosition({ model, options, pool, identity, temperature, shape }: Run): Promise<PolishPosition> {
  const accuracy = accuracyOf(shape, options.validation);
  const loss = await pool.loss();
  const start: SweepOutcome = { sweep: 0, kept: 0, loss, validationAccuracy: accuracy, isBest: true };
  options.onSweep?.(start);
  const progress = { sweep: 1, visits: 0, keptThisSweep: 0, temperature };
  return { identity, ...progress, model, best: { sweep: 0, accuracy, model }, history: [start] };
}

async function runSweeps(run: Run, start: PolishPosition): Promise<PolishPosition> {
  const { options } = run;
  let position = start;
  const isDone = (): boolean =>
    position.sweep > options.sweeps ||
    position.sweep - 1 - position.best.sweep >= PATIENCE ||
    (position.sweep > 1 && position.history[position.sweep - 1].kept === 0);
  while (!isDone()) {
    position = await runSweep(run, position);
    if (options.checkpointFile !== undefined) await savePosition(options.checkpointFile, position);
    options.onSweep?.(position.history[position.history.length - 1]);
  }
  return position;
}

/** Finishes the sweep that the position stands in. */
async function runSweep(run: Run, start: PolishPosition): Promise<PolishPosition> {
  const { options, pool, clock, shape } = run;
  const { hidden, classes } = shape;
  const { sweep } = start;
  const yieldToEventLoop = createEventLoopYield(clock);
  const startMs = clock();
  const order = permutation(hidden, Random.fromSeed(options.seed, `sweep ${sweep}`));
  const visits = hidden + classes;
  const candidates = candidatesOf(shape);
  let kept = start.keptThisSweep;
  let loss = start.history[start.history.length - 1].loss;
  const here = async (done: number): Promise<PolishPosition> => ({
    ...start,
    visits: done,
    keptThisSweep: kept,
    model: packModel(await pool.network(), run.model),
  });
  for (let visit = start.visits; visit < visits; visit++) {
    await yieldToEventLoop();
    if (options.checkpointFile !== undefined && (visit % VISITS_PER_CHECKPOINT === 0 || options.signal?.aborted)) {
      await savePosition(options.checkpointFile, await here(visit));
    }
    throwIfCancelled(options, sweep);
    const stream = `sweep ${sweep}, visit ${visit}`;
    const outcome = await pool.visit(
      visit < hidden
        ? { layer: 'hidden', neuron: order[visit], stream }
        : { layer: 'output', neuron: visit - hidden, stream },
    );
    kept += outcome.kept;
    loss = outcome.loss;
    const secondsPerVisit = (clock() - startMs) / 1000 / (visit + 1 - start.visits);
    options.onProgress?.({
      sweep,
      sweeps: options.sweeps,
      candidatesDone:
        Math.min(visit + 1, hidden) * candidates.perNeuron + Math.max(visit + 1 - hidden, 0) * candidates.perClass,
      candidates: hidden * candidates.perNeuron + classes * candidates.perClass,
      kept,
      loss,
      secondsLeft: secondsPerVisit * (visits - visit - 1 + visits * (options.sweeps - sweep)),
    });
  }
  const network = await pool.network();
  const validationAccuracy = accuracyOf(network, options.validation);
  const isBest = validationAccuracy >= start.best.accuracy;
  const model = packModel(network, run.model);
  return {
    ...start,
    sweep: sweep + 1,
    visits: 0,
    keptThisSweep: 0,
    model,
    best: isBest ? { sweep, accuracy: validationAccuracy, model } : start.best,
    history: [...start.history, { sweep, kept, loss, validationAccuracy, isBest }],
  };
}

const candidatesOf = ({ inputs, hidden, inputBits, unit }: PolishNetwork) => ({
  perNeuron: inputs + thresholdCandidates(inputBits).length,
  perClass: hidden + offsetCandidates(unit).length,
});

function identityOf(model: BinarizedModel, options: PolishOptions): string {
  const { train, validation, seed, sweeps, margin, shifts, temperature } = options;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([modelDigest(model), seed, sweeps, margin, shifts ?? [], temperature ?? 1]));
  for (const { values, labels } of [train, validation]) hash.update(values).update(labels);
  return hash.digest('hex');
}

function checkPlan({ sweeps, margin, temperature = 1, shifts = [], seed, threads = 1 }: PolishOptions): void {
  const refuse = (what: string): never => {
    throw new ModelError('bad-value', `Polishing: ${what}.`);
  };
  if (!Number.isInteger(sweeps) || sweeps < 1) refuse(`sweeps must be a positive integer, not ${sweeps}`);
  if (!(margin >= 0 && Number.isFinite(margin))) refuse(`margin must be 0 or more nats, not ${margin}`);
  if (!(temperature > 0 && Number.isFinite(temperature))) refuse(`temperature must be positive, not ${temperature}`);
  if (!Number.isSafeInteger(seed)) refuse(`seed must be an integer of at most 53 bits, not ${seed}`);
  if (!Number.isInteger(threads) || threads < 1) refuse(`threads must be a positive integer, not ${threads}`);
  for (const { down, right } of shifts) {
    if (!Number.isInteger(down) || !Number.isInteger(right)) refuse('shifts must be whole pixels');
  }
}

function checkFits({ inputs, classes, inputBits }: PolishNetwork, examples: Examples, what: string): void {
  const { count, values, labels } = examples;
  const refuse = (found: string): never => {
    throw new DataError('shape-mismatch', `The ${what} examples do not fit the model: ${found}.`);
  };
  if (count === 0) refuse('there are none');
  if (values.length !== count * inputs) refuse(`${values.length} values, expected ${count} x ${inputs}`);
  if (labels.length !== count) refuse(`${labels.length} labels for ${count} examples`);
  if (labels.some((label) => label >= classes)) refuse(`a label is not below ${classes}`);
  if (inputBits < 8 && values.some((value) => value >= 2 ** inputBits)) refuse(`a value takes over ${inputBits} bits`);
}

function throwIfCancelled({ signal, checkpointFile }: PolishOptions, sweep: number): void {
  if (signal?.aborted !== true) return;
  const saved =
    checkpointFile === undefined
      ? 'No checkpoint file was named, so nothing is left of it.'
      : `${checkpointFile} holds what was done: resume to go on from there.`;
  throw new CancelledError(`Polishing cancelled in sweep ${sweep}. ${saved}`, { sweep });
}
