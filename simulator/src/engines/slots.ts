import type { Blocks } from './templates.js';

/**
 * The places of nets in memory. A slot is memory for one net. Nets that are never alive at the same time share a slot.
 */
export interface SlotPlan {
  /** The slot of each net, or -1 for a net that is never in memory. */
  readonly slotOf: Int32Array;
  readonly slotCount: number;
}

/**
 * Assigns a slot to every net that is in memory. Nets in `kept` keep theirs. Any other net takes a free slot when its
 * block runs, and releases it after the last block that reads it. The slot released last is taken first, because it is
 * still in the cache. A net of `inPlace` has the slot of its register.
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
      // Slots are released after all results of a block have theirs, so no result overwrites an operand that is still
      // read.
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
