import type { AboutDevice } from '../../../common/contract/devices.js';

/** Milliseconds that a device counted: by the rate of its counter or, if that counts cycles, by its clock. */
export function deviceMs(counter: number, about: AboutDevice | undefined): number | undefined {
  if (about === undefined || about.counterUnit === 'none') return undefined;
  const rateHz = about.counterHz > 0 ? about.counterHz : about.counterUnit === 'cycles' ? about.clockHz : undefined;
  return rateHz === undefined ? undefined : (1000 * counter) / rateHz;
}

/** Writes milliseconds with three digits. */
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
