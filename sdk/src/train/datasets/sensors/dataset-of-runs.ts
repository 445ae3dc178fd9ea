import type { SensorChannel } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { byName } from '../data-files.js';
import type { Dataset, Examples } from '../dataset.js';
import { bytesOf, learnChannels, type ChannelChoice } from './channels.js';
import type { Run } from './runs.js';
import { PARTS, splitRecordings, type Part, type RecordingSplit } from './split-recordings.js';

/** How examples are made of runs. */
export interface RunOptions extends ChannelChoice {
  /** The windows, in samples. If absent, an example is one sample. */
  readonly window?: { readonly length: number; readonly stride?: number | undefined } | undefined;
  readonly split?: RecordingSplit | undefined;
  /** Scales learnt before, to make examples for a network that has them. If absent, learnt from the training part. */
  readonly channels?: readonly SensorChannel[] | undefined;
  /** The classes in their order. If absent, all that there are, by name. */
  readonly classNames?: readonly string[] | undefined;
}

/** Labels are bytes. */
const MAX_CLASSES = 256;

/** A window: where in which run it starts. */
interface Window {
  readonly run: number;
  readonly start: number;
  readonly recording: string;
  readonly label: number;
}

/**
 * Makes a data set of runs: windows inside each run, shared out by recording, their values scaled by what the training
 * part has.
 * @throws DataError as `splitRecordings` and `learnChannels`; `data.bad-value` for runs that are shorter than a window,
 * or other than 2 to 256 classes
 */
export function datasetOfRuns(runs: readonly Run[], options: RunOptions): Omit<Dataset, 'name' | 'source'> {
  const { names, split, window } = options;
  const classNames = options.classNames ?? classesOf(runs);
  const windows = windowsOf(runs, options, classNames);
  checkClasses(windows, classNames, window?.length ?? 1);
  const parts = splitRecordings(windows, classNames, split);
  const training = new Set(windows.filter((_, index) => parts[index] === 'train').map(({ recording }) => recording));
  const channels =
    options.channels ??
    learnChannels(
      columnsOf(
        runs.filter(({ recording }) => training.has(recording)),
        names.length,
      ),
      options,
    );
  const bytes = runs.map(({ values }) => bytesOf(channels, values));
  const shape = window === undefined ? [names.length] : [window.length, names.length];
  const size = (window?.length ?? 1) * names.length;
  const examplesOf = (part: Part): Examples => {
    const chosen = windows.filter((_, index) => parts[index] === part);
    const values = new Uint8Array(chosen.length * size);
    chosen.forEach(({ run, start }, index) => {
      const from = start * names.length;
      values.set(bytes[run].subarray(from, from + size), index * size);
    });
    const labels = Uint8Array.from(chosen, ({ label }) => label);
    return { count: chosen.length, shape, values, labels, classes: classNames.length };
  };
  const [train, test, validation] = PARTS.map(examplesOf);
  return { classNames, channels, train, validation, test };
}

const classesOf = (runs: readonly Run[]): readonly string[] =>
  [...new Set(runs.map(({ label }) => label))].sort(byName);

function windowsOf(
  runs: readonly Run[],
  { names, window }: RunOptions,
  classNames: readonly string[],
): readonly Window[] {
  const { length, stride = length } = window ?? { length: 1 };
  const labels = new Map(classNames.map((name, label) => [name, label]));
  return runs.flatMap(({ values, recording, label: name }, run) => {
    const label = labels.get(name);
    if (label === undefined) {
      const message = `${recording} is of the class ${name}, but the classes are ${classNames.join(', ')}.`;
      throw new DataError('bad-value', message, { recording, class: name, classes: classNames });
    }
    const samples = values.length / names.length;
    const count = Math.max(0, Math.floor((samples - length) / stride) + 1);
    return Array.from({ length: count }, (_, index) => ({ run, start: index * stride, recording, label }));
  });
}

function checkClasses(windows: readonly Window[], classNames: readonly string[], length: number): void {
  if (classNames.length < 2 || classNames.length > MAX_CLASSES) {
    const found = classNames.length === 1 ? `only the class ${classNames[0]}` : `${classNames.length} classes`;
    throw new DataError('bad-value', `The data has ${found}; 2 to ${MAX_CLASSES} can be told apart.`, {
      classes: classNames.length,
    });
  }
  const there = new Set(windows.map(({ label }) => label));
  const empty = classNames.find((_, label) => !there.has(label));
  if (empty === undefined) return;
  const message = `No recording of the class ${empty} has ${length} rows in one piece, so it has no window. Take shorter windows, or record longer.`;
  throw new DataError('bad-value', message, { class: empty, length });
}

/** Returns the values of each channel, of all runs together. */
function columnsOf(runs: readonly Run[], channels: number): readonly Float64Array[] {
  const samples = runs.reduce((sum, { values }) => sum + values.length / channels, 0);
  return Array.from({ length: channels }, (_, channel) => {
    const column = new Float64Array(samples);
    let at = 0;
    for (const { values } of runs)
      for (let index = channel; index < values.length; index += channels) column[at++] = values[index];
    return column;
  });
}
