import { createHash } from 'node:crypto';
import type { Dataset } from './dataset.js';

/** Returns the SHA-256 over every value and label of the three parts, with their shapes, as hexadecimal. */
export function datasetFingerprint({ train, validation, test }: Dataset): string {
  const hash = createHash('sha256');
  for (const { count, shape, classes, values, labels } of [train, validation, test]) {
    hash.update(JSON.stringify({ count, shape, classes })).update(values).update(labels);
  }
  return hash.digest('hex');
}
