import type { Blocks } from './templates.js';

/** Where each net lives. A slot is memory for one net; nets that are never alive together share one. */
export interface SlotPlan {
  /** Slot of each net; -1 for nets that are never in memory. */
  readonly slotOf: Int32Array;
  readonly slotCount: number;
}

/**
 * Gives every net that is in memory a slot. Nets in `kept` own theirs for good; any other net takes a free slot when its
 * block runs and gives it back after the last block that reads it. The most recently freed slot is taken first: it is
 * still in the cache. A net of `inPlace` has the slot of the register that it is written to.
 */
export function planSlots(blocks: Blocks, kept: Uint8Array, inPlace: Int32Array): SlotPlan {
  const slotOf = new Int32Array(kept.length).fill(-1);
  let slotCount = 0;
  for (let net = 0; net < kept.length; net++) if (kept[net] === 1 && inPlace[net] < 0) slotOf[net] = slotCount++;
  for (let net = 0; net < kept.length; net++) if (inPlace[net] >= 0) slotOf[net] = slotOf[inPlace[net]];
  const { templateOf, nets } = blocks;
  const storedWords = blocks.templates.map(({ isStored }) => isStored);
  const lastReader = new Int32Array(kept.length).fill(-1);
  const forEachWord = (visit: (block: number, net: number, isStored: boolean) => void): void => {
    for (let block = 0, start = 0; block < templateOf.length; block++) {
      const isStored = storedWords[templateOf[block]];
      for (let word = 0; word < isStored.length; word++) visit(block, nets[start + word], isStored[word] === 1);
      start += isStored.length;
    }
  };
  forEachWord((block, net, isStored) => {
    if (!isStored) lastReader[net] = block;
  });
  const free: number[] = [];
  let ending: number[] = [];
  let current = 0;
  forEachWord((block, net, isStored) => {
    if (block !== current) {
      // Freed after all results of a block have their places, so it never writes over an operand it still reads.
      free.push(...ending);
      ending = [];
      current = block;
    }
    if (kept[net] === 1) return;
    if (isStored) slotOf[net] = free.pop() ?? slotCount++;
    else if (lastReader[net] === block && slotOf[net] >= 0) ending.push(slotOf[net]);
  });
  return { slotOf, slotCount };
}
