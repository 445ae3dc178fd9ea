import type { LogicLayer } from '../network/layers.js';

/** A candidate with a smaller share counts as none. */
export const SMALLEST_SHARE = 1e-6;
const SMALLEST_LOGARITHM = Math.log(SMALLEST_SHARE);

/** Returns the table entries in use at sharpness k (Infinity: bits): (1 + tanh(k theta)) / 2 = 1 / (1 + exp(-2 k theta)). */
export function entriesAt(latent: Float32Array, k: number): Float32Array {
  const entries = new Float32Array(latent.length);
  for (let index = 0; index < entries.length; index++) {
    const theta = latent[index];
    entries[index] = k === Infinity ? Number(theta >= 0) : 1 / (1 + Math.exp(-2 * k * theta));
  }
  return entries;
}

/** Turns gradients of the entries in use into those of the latent ones, in place. */
export function throughEntries(gradients: Float32Array, entries: Float32Array, k: number): void {
  for (let index = 0; index < gradients.length; index++) {
    const entry = entries[index];
    gradients[index] *= 2 * k * entry * (1 - entry);
  }
}

/**
 * Returns the shares of every pin's candidates at sharpness k: the softmax of k times their logits; at Infinity all of
 * the first of the largest.
 */
export function sharesAt({ candidates }: LogicLayer, logits: Float32Array, k: number): Float32Array {
  const shares = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += candidates) {
    const largest = largestAt(logits, from, candidates);
    if (k === Infinity) {
      shares[largest] = 1;
      continue;
    }
    let sum = 0;
    for (let index = from; index < from + candidates; index++) {
      const below = k * (logits[index] - logits[largest]);
      if (below < SMALLEST_LOGARITHM) continue;
      shares[index] = Math.exp(below);
      sum += shares[index];
    }
    for (let index = from; index < from + candidates; index++) {
      const share = shares[index] / sum;
      shares[index] = share < SMALLEST_SHARE ? 0 : share;
    }
  }
  return shares;
}

/** Returns where the largest of some values is, the first of equals. */
export function largestAt(values: Float32Array, from: number, count: number): number {
  let largest = from;
  for (let index = from + 1; index < from + count; index++) if (values[index] > values[largest]) largest = index;
  return largest;
}

/** Turns gradients of the shares into those of the logits, in place. */
export function throughShares(
  { candidates }: LogicLayer,
  gradients: Float32Array,
  shares: Float32Array,
  k: number,
): void {
  for (let from = 0; from < gradients.length; from += candidates) {
    let mean = 0;
    for (let index = from; index < from + candidates; index++) mean += shares[index] * gradients[index];
    for (let index = from; index < from + candidates; index++) {
      gradients[index] = k * shares[index] * (gradients[index] - mean);
    }
  }
}
