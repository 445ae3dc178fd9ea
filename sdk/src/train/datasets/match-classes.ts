import { DataError } from '@adiabit/simulator/errors';
import type { Dataset } from './dataset.js';

/** What the outputs of a network are called. */
export interface NetworkClasses {
  readonly network: string;
  readonly outputs: number;
  /** If absent, outputs are known by their numbers alone. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Returns the test labels as outputs of a network that was trained on other data: classes are matched by name, wherever
 * they stand.
 * @returns the labels, and a warning where only numbers could be matched
 * @throws DataError `data.bad-value` naming a class that the network does not know, `data.shape-mismatch` for more
 * classes than outputs
 */
export function matchClasses(
  { test, classNames, source }: Pick<Dataset, 'test' | 'classNames' | 'source'>,
  { network, outputs, classNames: known }: NetworkClasses,
): { readonly labels: Uint8Array; readonly doubts: readonly string[] } {
  if (known === undefined || classNames === undefined) {
    if (test.classes > outputs) {
      const message = `${source} has ${test.classes} classes, but "${network}" has ${outputs} outputs. Name the data that it was trained for.`;
      throw new DataError('shape-mismatch', message, { expected: outputs, found: test.classes });
    }
    const isNumbered = classNames?.every((name, label) => name === String(label)) ?? true;
    const doubt = `"${network}" does not say what its classes are called: output 0 is taken for ${classNames?.[0] ?? 0}, and so on.`;
    return { labels: test.labels, doubts: isNumbered ? [] : [doubt] };
  }
  const outputOf = classNames.map((name) => known.indexOf(name));
  const unknown = outputOf.indexOf(-1);
  if (unknown >= 0) {
    const message =
      `${source} has the class ${classNames[unknown]}, but "${network}" was trained on ${listed(known)}. ` +
      'Name data with those classes, or train on these.';
    throw new DataError('bad-value', message, { class: classNames[unknown], classes: known });
  }
  return { labels: test.labels.map((label) => outputOf[label]), doubts: [] };
}

/** Returns the first of many. */
const listed = (names: readonly string[]): string =>
  names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
