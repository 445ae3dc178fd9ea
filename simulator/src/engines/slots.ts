import type { Pieces } from './pieces.js';

/** Where each net lives. A slot is memory for one net; nets that are never alive together share one. */
export interface SlotPlan {
  /** Slot of each net; -1 for nets that are never in memory. */
  readonly slotOf: Int32Array;
  readonly slotCount: number;
}

/**
 * Gives every net that is in memory a slot. Nets in `kept` own theirs for good; any other net takes a free slot when its
 * piece runs and gives it back after the last piece that reads it. The most recently freed slot is taken first: it is
 * still in the cache. A net of `inPlace` has the slot of the register that it is written to.
 */
export function planSlots(pieces: Pieces, kept: Uint8Array, inPlace: Int32Array): SlotPlan {
  const slotOf = new Int32Array(kept.length).fill(-1);
  let slotCount = 0;
  for (let net = 0; net < kept.length; net++) if (kept[net] === 1 && inPlace[net] < 0) slotOf[net] = slotCount++;
  for (let net = 0; net < kept.length; net++) if (inPlace[net] >= 0) slotOf[net] = slotOf[inPlace[net]];
  const { shapeOf, nets } = pieces;
  const storedWords = pieces.shapes.map(({ isStored }) => isStored);
  const lastReader = new Int32Array(kept.length).fill(-1);
  const forEachWord = (visit: (piece: number, net: number, isStored: boolean) => void): void => {
    for (let piece = 0, start = 0; piece < shapeOf.length; piece++) {
      const isStored = storedWords[shapeOf[piece]];
      for (let word = 0; word < isStored.length; word++) visit(piece, nets[start + word], isStored[word] === 1);
      start += isStored.length;
    }
  };
  forEachWord((piece, net, isStored) => {
    if (!isStored) lastReader[net] = piece;
  });
  const free: number[] = [];
  let ending: number[] = [];
  let current = 0;
  forEachWord((piece, net, isStored) => {
    if (piece !== current) {
      // Freed after all results of a piece have their places, so it never writes over an operand it still reads.
      free.push(...ending);
      ending = [];
      current = piece;
    }
    if (kept[net] === 1) return;
    if (isStored) slotOf[net] = free.pop() ?? slotCount++;
    else if (lastReader[net] === piece && slotOf[net] >= 0) ending.push(slotOf[net]);
  });
  return { slotOf, slotCount };
}
