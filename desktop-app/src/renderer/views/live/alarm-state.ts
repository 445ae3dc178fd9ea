import { signal } from '@preact/signals';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { placeIn, type Difference } from './compare.js';

/** A difference between a device and its simulator, with the input at which it was seen. */
export interface Alarm {
  /** How many inputs differed since it was dismissed. */
  readonly count: number;
  /** The first of them. */
  readonly first: SeenDifference;
  /** Where it is, in words. */
  readonly where: string;
}

export interface SeenDifference extends Omit<Difference, 'device'> {
  readonly input: string;
  readonly device: string;
  readonly given: number;
}

export const alarm = signal<Alarm | undefined>(undefined);

/** Raises the alarm, or counts one more. It stays until it is dismissed. */
export function raise(seen: SeenDifference, { layers }: LiveCircuit): void {
  const known = alarm.value;
  alarm.value = known ? { ...known, count: known.count + 1 } : { count: 1, first: seen, where: whereIs(seen, layers) };
}

const whereIs = ({ layer, neuron }: Pick<Difference, 'layer' | 'neuron'>, layers: LiveCircuit['layers']): string =>
  `layer ${layer} (${layers[layer].kind}), ${placeIn(layers[layer], neuron)}`;

export const dismissAlarm = (): void => {
  alarm.value = undefined;
};
