import type { SensorChannel } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { isInt32, scaleOfRange, scaledByte, toInt32 } from '@adiabit/simulator/network';
import type { ScaleChoice } from './source.js';

/** What is known of the channels besides their values. */
export interface ChannelChoice {
  readonly names: readonly string[];
  readonly units?: string | Readonly<Record<string, string>> | undefined;
  readonly countsPerUnit?: number | Readonly<Record<string, number>> | undefined;
  readonly scale?: ScaleChoice | undefined;
}

/** The share of the values at each end that may lie beyond the range. */
const CUT = 0.001;
/** Counts that values in units span where nobody says what the device counts. */
const CHOSEN_COUNTS = 2 ** 16;

/**
 * Learns the channels from the training values: how the device counts them, and which of its counts become 0 and 255.
 * @param columns the training values of each channel
 * @throws DataError `data.bad-value` for a range or a factor that does not fit the channel, `data.not-found` for a name
 * that no channel has
 */
export function learnChannels(columns: readonly Float64Array[], choice: ChannelChoice): readonly SensorChannel[] {
  const { names, units, countsPerUnit, scale = {} } = choice;
  checkNames(names, { units, countsPerUnit, 'scale.ranges': scale.ranges });
  return names.map((name, index) => {
    const values = columns[index].slice().sort();
    const unit = ofChannel(units, name);
    const perUnit = ofChannel(countsPerUnit, name) ?? chosenCounts(values);
    const [low, high] = rangeOf(name, values, scale);
    if (![low, high].every((end) => isInt32(Math.round(end * perUnit)))) {
      const message = `The channel ${name} goes from ${low} to ${high}; with ${perUnit} counts for 1, that is beyond 32 bits. Give other counts per unit.`;
      throw new DataError('bad-value', message, { channel: name, low, high, countsPerUnit: perUnit });
    }
    return {
      name,
      ...(unit === undefined ? {} : { unit }),
      countsPerUnit: perUnit,
      scale: scaleOfRange(low * perUnit, high * perUnit),
    };
  });
}

/** Returns the count that the device gives for a value. */
export const countOf = ({ countsPerUnit }: SensorChannel, value: number): number => toInt32(value * countsPerUnit);

/** Returns the bytes of recorded values, the channels of a sample together. */
export const bytesOf = (channels: readonly SensorChannel[], values: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: values.length }, (_, index) => {
    const channel = channels[index % channels.length];
    return scaledByte(channel.scale, countOf(channel, values[index]));
  });

const ofChannel = <T extends string | number>(
  given: T | Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined => (typeof given === 'object' ? (Object.hasOwn(given, name) ? given[name] : undefined) : given);

/** Whole numbers are counts already; for others, the largest power of two that keeps them within 16 bits. */
function chosenCounts(sorted: Float64Array): number {
  if (sorted.every(isInt32)) return 1;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  // A constant is told from 0 by its own size.
  const span = most > least ? most - least : Math.abs(most);
  return 2 ** Math.floor(Math.log2((CHOSEN_COUNTS - 1) / span));
}

function rangeOf(name: string, sorted: Float64Array, { cut = CUT, ranges }: ScaleChoice): readonly [number, number] {
  const given = ranges !== undefined && Object.hasOwn(ranges, name) ? ranges[name] : undefined;
  if (given === undefined) {
    const skipped = Math.floor(cut * (sorted.length - 1));
    return [sorted[skipped], sorted[sorted.length - 1 - skipped]];
  }
  const [low, high] = given;
  if (low < high) return given;
  const message = `The range of the channel ${name} goes from ${low} to ${high}. Give a low value and a higher one.`;
  throw new DataError('bad-value', message, { channel: name, low, high });
}

function checkNames(names: readonly string[], choices: Readonly<Record<string, unknown>>): void {
  for (const [what, choice] of Object.entries(choices)) {
    if (typeof choice !== 'object' || choice === null) continue;
    const unknown = Object.keys(choice).find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    const message = `"${what}" speaks of a channel "${unknown}", but the channels are ${names.join(', ')}. Correct the name.`;
    throw new DataError('not-found', message, { channel: unknown, channels: names });
  }
}
