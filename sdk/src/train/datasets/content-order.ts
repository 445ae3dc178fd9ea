import type { Examples } from './dataset.js';

/**
 * Returns the examples in an order that only their contents decide, mixed as if shuffled: data folders are sorted by
 * class, and what is taken over some examples at a time (statistics, calibration) must not depend on that. Examples
 * that are alike in everything may stand in any order.
 * @returns indices, each once
 */
export function contentOrder(examples: Examples): Uint32Array {
  const known = orders.get(examples);
  if (known !== undefined) return known;
  const { values, labels, count } = examples;
  const width = values.length / count;
  const order = orderOf(
    Array.from({ length: count }, (_, index) => values.subarray(index * width, (index + 1) * width)),
    (index) => labels[index],
  );
  orders.set(examples, order);
  return order;
}

/** Examples are never changed, and every epoch asks. */
const orders = new WeakMap<Examples, Uint32Array>();

/** Orders examples without labels as `contentOrder` does. */
export function vectorsInContentOrder(vectors: readonly Uint8Array[]): readonly Uint8Array[] {
  return Array.from(
    orderOf(vectors, () => 0),
    (index) => vectors[index],
  );
}

function orderOf(vectors: readonly Uint8Array[], label: (index: number) => number): Uint32Array {
  const hashes = vectors.map(hash);
  const compare = (one: number, other: number): number =>
    hashes[one] - hashes[other] || compareBytes(vectors[one], vectors[other]) || label(one) - label(other);
  return Uint32Array.from(vectors.keys()).sort(compare);
}

/** Orders as `Buffer.compare` does, which browsers do not have. */
function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const differs = one.findIndex((byte, index) => byte !== other[index]);
  return differs < 0 || differs >= other.length ? one.length - other.length : one[differs] - other[differs];
}

/** Computes FNV-1a of 32 bits (draft-eastlake-fnv), its bits mixed at the end (the finalizer of MurmurHash3). */
function hash(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
