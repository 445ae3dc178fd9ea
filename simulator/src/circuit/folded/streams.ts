import type { Unit } from './units.js';

/**
 * Finds, by layer, the layer at which its stream begins. That is the layer itself, or an earlier one if it takes the
 * values of the layer before as they come, with no memory between. It can do so if its windows have one value, and if
 * its other sources are complete before the stream runs.
 * @param takesAsMany tells whether the layer at an index takes as many values a cycle as the layer before it gives
 */
export function streamHeads(units: readonly Unit[], takesAsMany: (index: number) => boolean): readonly number[] {
  let head = 0;
  return units.map(({ index, layer, sources }) => {
    const isPointwise = layer.kind === 'add' || layer.kind === 'activation';
    const isInTime = sources.every((source) => source === index - 1 || source < head);
    const follows = index > 0 && isPointwise && sources.includes(index - 1) && isInTime && takesAsMany(index);
    if (!follows) head = index;
    return head;
  });
}
