import type { Bitstream } from '@adiabit/simulator/bitstream';
import type { InferenceRun } from '@adiabit/simulator/engines';
import { countsOf } from '@adiabit/simulator/network';
import type { ReportData } from '../report/report-data.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import type { TrainResult } from '../train/trainer.js';
import type { Summary } from '../report/summary.js';

const MISTAKES_SHOWN = 16;

/** Collects what the report draws from what the stages computed. */
export function reportData(
  summary: Summary,
  { test }: Dataset,
  { history }: TrainResult,
  { network }: Bitstream,
  { classes }: InferenceRun,
): ReportData {
  const confusion = Array.from({ length: test.classes }, () => new Array<number>(test.classes).fill(0));
  classes.forEach((predicted, index) => confusion[test.labels[index]][predicted]++);
  const images = exampleVectors(test);
  const mistakes = images
    .map((image, index) => ({ image, label: test.labels[index], predicted: classes[index] }))
    .filter(({ label, predicted }) => label !== predicted)
    .slice(0, MISTAKES_SHOWN);
  const [height, width] = test.shape.length === 2 ? test.shape : [1, network.input.count];
  return {
    summary,
    history,
    confusion,
    firstLayer: { weights: countsOf(network)[0].weights, shape: [height, width] },
    mistakes,
  };
}
