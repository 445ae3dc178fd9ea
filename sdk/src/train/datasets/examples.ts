import { type Examples, exampleVectors } from './dataset.js';

/** Returns the examples that the predicate accepts, in their order. */
export function selectExamples(examples: Examples, accepts: (index: number) => boolean): Examples {
  const vectors = exampleVectors(examples);
  const indices = vectors.map((_, index) => index).filter(accepts);
  const width = vectors.length === 0 ? 0 : vectors[0].length;
  const values = new Uint8Array(indices.length * width);
  indices.forEach((from, to) => values.set(vectors[from], to * width));
  const labels = Uint8Array.from(indices, (index) => examples.labels[index]);
  return { ...examples, count: indices.length, values, labels };
}
