import { InvalidArgumentError } from 'commander';
import type { RolloutGroup } from '../../../fleet/index.js';

/**
 * Reads the sizes of groups, such as `5,20%,rest`.
 * @throws InvalidArgumentError for anything but numbers and percents with commas between them, `rest` at most at the end
 */
export function groupSizesOf(text: string): readonly RolloutGroup['size'][] {
  const words = text.split(',');
  return words.map((word, index) => {
    const match = /^(\d{1,7}|\d{1,3}\.\d{1,3}(?=%))(%?)$/.exec(word);
    const percent = match?.[2];
    const value = Number(match?.[1]);
    if (word === 'rest' && index === words.length - 1) return { kind: 'percent', percent: 100 };
    if (match === null || (percent === '%' ? value > 100 : value < 1))
      throw new InvalidArgumentError(
        'Give numbers of boards or percents, such as 5,20%,rest: the last group takes what is left.',
      );
    return percent === '%' ? { kind: 'percent', percent: value } : { kind: 'count', boards: value };
  });
}

/** Reads a share of boards. @throws InvalidArgumentError for anything but a number from 0 to 100 */
export function percentOf(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!/^\d{1,3}(\.\d{1,3})?%?$/.test(text) || value > 100)
    throw new InvalidArgumentError('Give percents, from 0 to 100.');
  return value;
}
