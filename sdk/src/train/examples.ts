import type { Examples } from './dataset.js';

/** One array per example, views into `examples.values`. */
export function exampleRows({ count, values }: Examples): readonly Uint8Array[] {
  const width = count === 0 ? 0 : values.length / count;
  return Array.from({ length: count }, (_, index) => values.subarray(index * width, (index + 1) * width));
}

/** The examples that the predicate accepts, in their order. */
export function selectExamples(examples: Examples, accepts: (index: number) => boolean): Examples {
  const rows = exampleRows(examples);
  const indices = rows.map((_, index) => index).filter(accepts);
  const width = rows.length === 0 ? 0 : rows[0].length;
  const values = new Uint8Array(indices.length * width);
  indices.forEach((from, to) => values.set(rows[from], to * width));
  const labels = Uint8Array.from(indices, (index) => examples.labels[index]);
  return { ...examples, count: indices.length, values, labels };
}
