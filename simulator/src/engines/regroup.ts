import type { Pieces } from './pieces.js';

/** Cells of a batch: its nets stay in the second-level cache while runs of equal pieces are long. */
const BATCH_CELLS = 4096;

/**
 * Lets pieces of one shape follow each other, so that one call serves many: in each batch of pieces, first those that
 * need nothing of the batch, by shape, then those that need only them, and so on.
 */
export function regroupPieces(pieces: Pieces, netCount: number): Pieces {
  const { shapes, shapeOf, cellCount, cells, nets } = pieces;
  const count = shapeOf.length;
  const [cellStart, wordStart] = [new Int32Array(count + 1), new Int32Array(count + 1)];
  for (let piece = 0; piece < count; piece++) {
    cellStart[piece + 1] = cellStart[piece] + cellCount[piece];
    wordStart[piece + 1] = wordStart[piece] + shapes[shapeOf[piece]].recordWords;
  }
  const batchOfPiece = new Int32Array(count);
  for (let piece = 1, start = 0; piece < count; piece++) {
    const isFull = cellStart[piece] - start >= BATCH_CELLS;
    if (isFull) start = cellStart[piece];
    batchOfPiece[piece] = batchOfPiece[piece - 1] + Number(isFull);
  }
  /** Per net the batch that computes it, and behind how many pieces of it. */
  const [batchOf, depthOf] = [new Int32Array(netCount).fill(-1), new Int32Array(netCount)];
  const depthOfPiece = new Int32Array(count);
  let deepest = 0;
  for (let piece = 0; piece < count; piece++) {
    const batch = batchOfPiece[piece];
    const { isStored } = shapes[shapeOf[piece]];
    const words = nets.subarray(wordStart[piece], wordStart[piece + 1]);
    let depth = 0;
    for (const net of words) if (batchOf[net] === batch && depthOf[net] >= depth) depth = depthOf[net] + 1;
    for (let word = 0; word < words.length; word++) {
      if (isStored[word] === 0) continue;
      batchOf[words[word]] = batch;
      depthOf[words[word]] = depth;
    }
    depthOfPiece[piece] = depth;
    if (depth > deepest) deepest = depth;
  }
  const keys = Float64Array.from(
    shapeOf,
    (shape, piece) =>
      ((batchOfPiece[piece] * (deepest + 1) + depthOfPiece[piece]) * shapes.length + shape) * count + piece,
  );
  const order = Int32Array.from(keys.sort(), (key) => key % count);
  const regrouped = {
    shapeOf: new Int32Array(count),
    cellCount: new Int32Array(count),
    cells: new Int32Array(cells.length),
    nets: new Int32Array(nets.length),
  };
  let [cell, word] = [0, 0];
  order.forEach((piece, at) => {
    regrouped.shapeOf[at] = shapeOf[piece];
    regrouped.cellCount[at] = cellCount[piece];
    regrouped.cells.set(cells.subarray(cellStart[piece], cellStart[piece + 1]), cell);
    regrouped.nets.set(nets.subarray(wordStart[piece], wordStart[piece + 1]), word);
    cell += cellCount[piece];
    word += wordStart[piece + 1] - wordStart[piece];
  });
  return { shapes, ...regrouped };
}
