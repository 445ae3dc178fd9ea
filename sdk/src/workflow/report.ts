import { countsOf } from '@adiabit/simulator/network';
import { writeWhole } from '../files.js';
import { isBinaryDense, type BinarizedModel } from '../model/model.js';
import { withPackages } from '../packages/features.js';
import type { Mistake, ReportData } from '../report/report-data.js';
import type { Summary } from '../report/summary.js';
import { exampleVectors, type Dataset, type Examples } from '../train/datasets/dataset.js';
import { phasesTrained } from '../train/schedules/fixed.js';
import { VERSION } from '../version.js';
import type { TrainingOutcome } from './training-outcome.js';

const MISTAKES_SHOWN = 16;

/** Writes the page about a training: what it reached, its course, and what it takes for what. */
export async function writeTrainingReport(
  file: string,
  outcome: Omit<TrainingOutcome, 'files'>,
  dataset: Dataset,
): Promise<void> {
  const summary = { ...trainingSummary(outcome, dataset), seconds: secondsOf(outcome), witnesses: [] };
  await writeReport(file, summary, outcome, dataset);
}

/** Writes the page about a run that went on from a training: its summary says how far. */
export async function writeReport(
  file: string,
  summary: Summary,
  outcome: Omit<TrainingOutcome, 'files'>,
  dataset: Dataset,
): Promise<void> {
  const { renderReport } = await withPackages('charts', () => import('../report/index.js'));
  await writeWhole(file, renderReport(reportData(summary, outcome, dataset)));
}

/** Summarizes a training. */
export function trainingSummary(
  { record, frozen, samplesPerSecond }: Omit<TrainingOutcome, 'files'>,
  { source, train, validation, test }: Dataset,
): Omit<Summary, 'seconds' | 'witnesses'> {
  const { recipe, seed, backend, epochs, bestEpoch, history, notFrozen } = record;
  const accuracy = { soft: record.softTestAccuracy, hard: record.hardTestAccuracy };
  return {
    adiabit: VERSION,
    data: { source, train: train.count, validation: validation.count, test: test.count },
    recipe,
    seed,
    backend,
    schedule: phasesTrained(history),
    accuracy: frozen === undefined ? accuracy : { ...accuracy, frozen: frozen.testAccuracy },
    training: { epochs, bestEpoch, samplesPerSecond },
    ...(frozen === undefined ? {} : { freeze: frozen.report }),
    ...(notFrozen === undefined ? {} : { notFrozen }),
  };
}

function secondsOf({ record: { seconds: train, polished } }: Omit<TrainingOutcome, 'files'>): Summary['seconds'] {
  const freeze = polished?.seconds ?? 0;
  return { train, freeze, total: train + freeze };
}

function reportData(
  summary: Summary,
  { record, frozen, hardPredictions }: Omit<TrainingOutcome, 'files'>,
  { test, kind, classNames }: Dataset,
): ReportData {
  const firstLayer = frozen && firstLayerOf(frozen.model, test.shape);
  const predictions = frozen?.predictions ?? hardPredictions;
  return {
    summary,
    history: record.history,
    confusion: confusionOf(predictions, test),
    ...(classNames === undefined ? {} : { classNames }),
    ...(firstLayer === undefined ? {} : { firstLayer }),
    mistakes: kind === 'sound' ? [] : mistakesOf(predictions, test),
  };
}

function confusionOf(predictions: Uint8Array, { labels, classes }: Examples): ReportData['confusion'] {
  // A network may have more outputs than the data has classes.
  const outputs = predictions.reduce((most, predicted) => Math.max(most, predicted + 1), classes);
  const counts = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  predictions.forEach((predicted, index) => counts[labels[index]][predicted]++);
  return counts;
}

function mistakesOf(predictions: Uint8Array, test: Examples): readonly Mistake[] {
  const shape = pictureShape(test.shape);
  if (shape === undefined) return [];
  return exampleVectors(test)
    .map((image, index) => ({ image, shape, label: test.labels[index], predicted: predictions[index] }))
    .filter(({ label, predicted }) => label !== predicted)
    .slice(0, MISTAKES_SHOWN);
}

/** Returns rows and columns, of one channel or three; anything else is no picture. */
function pictureShape(shape: readonly number[]): Mistake['shape'] | undefined {
  const [height, width, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3) return undefined;
  if (channels === 3) return [height, width, 3];
  return channels === 1 ? [height, width] : undefined;
}

/** Returns weights as pictures, of networks whose first layer has a bit for each value of an example. */
function firstLayerOf(model: BinarizedModel, shape: readonly number[]): ReportData['firstLayer'] {
  if (!isBinaryDense(model)) return undefined;
  const { weights } = countsOf(model)[0];
  const [height, width] = shape.length === 2 ? shape : [1, weights.columns];
  return { weights, shape: [height, width] };
}
