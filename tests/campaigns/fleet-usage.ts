/** What processes of the fleet campaign have used, added up and taken off. */
import { noTraffic, type Traffic } from '../support/counted-connection.js';
import type { Usage } from './fleet-process.js';

export const noUsage = (): Usage => ({ traffic: noTraffic(), cpuMs: 0, residentBytes: 0 });

function combine(one: Usage, other: Usage, add: (a: number, b: number) => number): Usage {
  const traffic = Object.fromEntries(
    (Object.keys(one.traffic) as (keyof Traffic)[]).map((key) => [key, add(one.traffic[key], other.traffic[key])]),
  ) as unknown as Traffic;
  return { traffic, cpuMs: add(one.cpuMs, other.cpuMs), residentBytes: one.residentBytes + other.residentBytes };
}

/** Adds up what several have used; who has said nothing has used nothing. */
export const total = (usages: readonly (Usage | undefined)[]): Usage =>
  usages.reduce<Usage>((all, one) => combine(all, one ?? noUsage(), (a, b) => a + b), noUsage());

/** Returns what was used between two looks. */
export const difference = (later: Usage, earlier: Usage): Usage => ({
  ...combine(later, earlier, (a, b) => a - b),
  residentBytes: later.residentBytes,
});
