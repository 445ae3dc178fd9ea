import type { Blocks } from './templates.js';

/**
 * Cells in a batch. In batches of this size the nets stay in the second-level cache, and runs of equal blocks are long.
 */
const BATCH_CELLS = 4096;

/**
 * Reorders blocks so that blocks of one template are consecutive and one call serves many. In each batch, the blocks
 * that need no result of the batch come first, sorted by template. Then come those that need only these, and so on.
 */
export function regroupBlocks(blocks: Blocks, netCount: number): Blocks {
  const { templates, templateOf, cellCount, cells, nets } = blocks;
  const count = templateOf.length;
  const [cellStart, wordStart] = [new Int32Array(count + 1), new Int32Array(count + 1)];
  for (let block = 0; block < count; block++) {
    cellStart[block + 1] = cellStart[block] + cellCount[block];
    wordStart[block + 1] = wordStart[block] + templates[templateOf[block]].tableWords;
  }
  const batchOfBlock = new Int32Array(count);
  for (let block = 1, start = 0; block < count; block++) {
    const isFull = cellStart[block] - start >= BATCH_CELLS;
    if (isFull) start = cellStart[block];
    batchOfBlock[block] = batchOfBlock[block - 1] + Number(isFull);
  }
  /** Per net, the batch that computes it, and the length of the longest chain of blocks before it in that batch. */
  const [batchOf, depthOf] = [new Int32Array(netCount).fill(-1), new Int32Array(netCount)];
  const depthOfBlock = new Int32Array(count);
  let deepest = 0;
  for (let block = 0; block < count; block++) {
    const batch = batchOfBlock[block];
    const { isStored } = templates[templateOf[block]];
    const words = nets.subarray(wordStart[block], wordStart[block + 1]);
    let depth = 0;
    for (const net of words) if (batchOf[net] === batch && depthOf[net] >= depth) depth = depthOf[net] + 1;
    for (let word = 0; word < words.length; word++) {
      if (isStored[word] === 0) continue;
      batchOf[words[word]] = batch;
      depthOf[words[word]] = depth;
    }
    depthOfBlock[block] = depth;
    if (depth > deepest) deepest = depth;
  }
  const keys = Float64Array.from(
    templateOf,
    (template, block) =>
      ((batchOfBlock[block] * (deepest + 1) + depthOfBlock[block]) * templates.length + template) * count + block,
  );
  const order = Int32Array.from(keys.sort(), (key) => key % count);
  const regrouped = {
    templateOf: new Int32Array(count),
    cellCount: new Int32Array(count),
    cells: new Int32Array(cells.length),
    nets: new Int32Array(nets.length),
  };
  let [cell, word] = [0, 0];
  order.forEach((block, at) => {
    regrouped.templateOf[at] = templateOf[block];
    regrouped.cellCount[at] = cellCount[block];
    regrouped.cells.set(cells.subarray(cellStart[block], cellStart[block + 1]), cell);
    regrouped.nets.set(nets.subarray(wordStart[block], wordStart[block + 1]), word);
    cell += cellCount[block];
    word += wordStart[block + 1] - wordStart[block];
  });
  return { templates, ...regrouped };
}
