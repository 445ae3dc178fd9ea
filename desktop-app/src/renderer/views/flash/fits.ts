import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Device } from '../../../common/contract/devices.js';
import type { Fit } from '../../../common/contract/flashing.js';
import type { LibraryEntry } from '../../../common/contract/library.js';
import { failureOf } from '../../../common/failure.js';
import { call } from '../../bridge.js';

const known = signal<ReadonlyMap<string, Fit>>(new Map());

/** The answers that are kept. */
const KEPT = 300;

/** Names a question: it is the same one as long as the device holds the same. */
const keyOf = ({ id, about }: Device, entry: LibraryEntry): string =>
  [id, entry.id, about?.activeSlot, ...(about?.slots ?? []).map(({ state, sequence }) => `${state}${sequence}`)].join();

/** Returns whether a device takes a bitstream; undefined until it is known. */
export const fitOf = (device: Device, entry: LibraryEntry | undefined): Fit | undefined =>
  entry && known.value.get(keyOf(device, entry));

/** Asks for every live device whether it takes a bitstream, once for as long as it holds the same. */
export function useFits(devices: readonly Device[], entry: LibraryEntry | undefined): void {
  const asked = entry === undefined ? [] : devices.filter(({ state }) => state.kind === 'live');
  const questions = entry === undefined ? [] : asked.map((device) => keyOf(device, entry));
  useEffect(() => {
    if (entry === undefined) return;
    for (const [index, { id }] of asked.entries()) {
      const key = questions[index];
      if (known.peek().get(key)?.fits === true) continue;
      void call('checkFit', { device: id, bitstream: entry.id }).then(
        (fit) => answer(key, fit),
        (error: unknown) => answer(key, { fits: false, error: failureOf(error) }),
      );
    }
  }, [questions.join(' ')]);
}

const answer = (key: string, fit: Fit): void => {
  known.value = new Map([...[...known.value].slice(-KEPT), [key, fit]]);
};
