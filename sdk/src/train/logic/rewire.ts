import { Random } from '../../random.js';
import type { LogicLayer } from '../network/layers.js';
import type { LayerParameters } from '../network/parameters.js';

/** Rewiring happens after this number of steps, and looks at the last ones of them. */
export const STEPS_BETWEEN = 50;
export const STEPS_PROBED = 2;
/** How many of a pin's candidates are replaced at most. */
const REPLACED = 4;
/** Share of the inputs that a table's pins may choose from each time: all would else choose the same. */
const SHOWN = 0.3;
/** How far below the best candidate a new one starts, and how far below one must be to be replaced, times the sharpness. */
const STARTS_BELOW = 3;
const REPLACED_BELOW = 1;

/** The latest that was drawn: the shards of two steps and the rewiring ask for the same. */
let latest: { readonly key: string; readonly shown: readonly Uint32Array[] } | undefined;

/** Draws for every table the inputs that its pins may choose from. */
export function shownInputs(inputs: number, tables: number, seed: number): readonly Uint32Array[] {
  const key = [inputs, tables, seed].join();
  if (latest?.key !== key) latest = { key, shown: drawShown(inputs, tables, seed) };
  return latest.shown;
}

function drawShown(inputs: number, tables: number, seed: number): readonly Uint32Array[] {
  const random = Random.fromSeed(seed, 'shown inputs');
  const shown = new Uint32Array(inputs);
  return Array.from({ length: tables }, () => {
    let count = 0;
    for (let input = 0; input < inputs; input++) if (random.uniform() < SHOWN) shown[count++] = input;
    return shown.slice(0, count);
  });
}

/** The moments that Adam keeps of the logits of a layer's wires. */
export interface WireMoments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Gives every pin better candidates, in place: its weakest ones become those of its shown inputs whose share would lower
 * the loss most. A new one starts well below the best, so that little changes at once, and as fast as the pin's fastest.
 *
 * @param gradients by pin, of its shown inputs' shares
 * @param seed what the shown inputs were drawn with
 */
export function rewire(
  { inputs, outputs, tableInputs, candidates }: LogicLayer,
  { bias: logits, scale: sources }: LayerParameters,
  moments: WireMoments,
  gradients: Float32Array,
  seed: number,
  kActivation: number,
): void {
  const isCandidate = new Uint8Array(inputs);
  const shownTo = shownInputs(inputs, outputs, seed);
  let at = 0;
  for (let pin = 0, from = 0; from < logits.length; pin++, from += candidates) {
    const shown = shownTo[Math.floor(pin / tableInputs)];
    const ownGradients = gradients.subarray(at, at + shown.length);
    at += shown.length;
    const own = sources.subarray(from, from + candidates);
    for (const source of own) isCandidate[source] = 1;
    const better = mostNegative(ownGradients, (index) => isCandidate[shown[index]] === 0);
    for (const source of own) isCandidate[source] = 0;
    const wires = { logits: logits.subarray(from, from + candidates), sources: own };
    const ofPin = {
      first: moments.first.subarray(from, from + candidates),
      second: moments.second.subarray(from, from + candidates),
    };
    replaceWeakest(
      wires,
      ofPin,
      better.map((index) => shown[index]),
      kActivation,
    );
  }
}

/** Returns where the most negative of the admitted values are, that first. */
function mostNegative(values: Float32Array, isAdmitted: (index: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value >= 0 || (found.length === REPLACED && value >= values[found[REPLACED - 1]]) || !isAdmitted(index))
      continue;
    if (found.length === REPLACED) found.pop();
    let place = found.length;
    while (place > 0 && values[found[place - 1]] > value) place--;
    found.splice(place, 0, index);
  }
  return found;
}

function replaceWeakest(
  { logits, sources }: { readonly logits: Float32Array; readonly sources: Float32Array },
  { first, second }: WireMoments,
  better: readonly number[],
  kActivation: number,
): void {
  const best = Math.max(...logits);
  const fastest = Math.max(...second);
  const weakest = Array.from(logits.keys())
    .sort((one, other) => logits[one] - logits[other] || one - other)
    .slice(0, better.length);
  weakest.forEach((candidate, rank) => {
    if (logits[candidate] >= best - REPLACED_BELOW / kActivation) return;
    sources[candidate] = better[rank];
    logits[candidate] = best - STARTS_BELOW / kActivation;
    first[candidate] = 0;
    second[candidate] = fastest;
  });
}
