import type { Unit } from './units.js';

/**
 * By layer, the layer at which its stream begins: itself, or an earlier one where it takes the values of the layer before as they
 * come, with no memory between. It can where it has windows of one value, and what else it reads is older than its stream,
 * so complete when the stream runs.
 * @param takesAsMany whether the layer at this index takes as many values at once as the layer before it gives
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
