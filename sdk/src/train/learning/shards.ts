import type { Batch } from '../datasets/batches.js';

/**
 * Returns a batch in `count` shards of consecutive examples whose sizes differ by one at most; fewer where the batch
 * has fewer examples. The shards are views of the batch's memory.
 */
export function shardsOf(batch: Batch, count: number): readonly Batch[] {
  const shards = Math.min(count, batch.size);
  if (shards === 1) return [batch];
  const width = batch.inputs.length / batch.size;
  const classes = batch.targets.length / batch.size;
  return Array.from({ length: shards }, (_, shard) => {
    const from = Math.floor((batch.size * shard) / shards);
    const to = Math.floor((batch.size * (shard + 1)) / shards);
    return {
      size: to - from,
      inputs: batch.inputs.subarray(from * width, to * width),
      targets: batch.targets.subarray(from * classes, to * classes),
    };
  });
}
