import type { Inference, LayerValues, LiveLayer } from '../../../common/contract/live.js';
import { integersOf } from '../../../common/int32-bytes.js';

/** Where device and simulator first give another integer for one input. */
export interface Difference {
  /** From 0 on. */
  readonly layer: number;
  /** Whether the layer is known to be the first that differs: the values of those before it were compared. */
  readonly isFirst: boolean;
  /** The place in the layer: row, column and channel of a picture, or the number of a neuron. */
  readonly neuron: number;
  readonly device: number;
  readonly simulator: number;
  /** Values that differ in that layer. */
  readonly count: number;
}

type Answered = Inference & LayerValues;

/**
 * Finds the first difference between what a device and its simulator gave; undefined if they are equal.
 * @param layers of the circuit; its outputs are the values of the last one
 */
export function firstDifference(
  device: Answered,
  simulator: Answered,
  layers: readonly LiveLayer[],
): Difference | undefined {
  const known = device.layers !== undefined && simulator.layers !== undefined;
  if (known) {
    for (const [layer, bytes] of device.layers.entries()) {
      const found = differing(integersOf(bytes), integersOf(simulator.layers[layer]));
      if (found) return { layer, isFirst: true, ...found };
    }
  }
  const found = tellsClassOnly(device)
    ? device.class !== simulator.class && {
        neuron: simulator.class,
        device: device.class,
        simulator: simulator.class,
        count: 1,
      }
    : differing(device.outputs, simulator.outputs);
  return found ? { layer: layers.length - 1, isFirst: known, ...found } : undefined;
}

function differing(
  device: ArrayLike<number>,
  simulator: ArrayLike<number>,
): Pick<Difference, 'neuron' | 'device' | 'simulator' | 'count'> | undefined {
  let first = -1;
  let count = 0;
  for (let index = 0; index < simulator.length; index++) {
    if (device[index] === simulator[index]) continue;
    if (first < 0) first = index;
    count++;
  }
  return first < 0 ? undefined : { neuron: first, device: device[first], simulator: simulator[first], count };
}

/** Whether nothing but the class can be compared: there it stands for the values of a difference. */
export const tellsClassOnly = ({ outputs }: Inference): boolean => outputs.length === 0;

/** Names a value of a layer: `neuron 17`, or `row 3, column 4, channel 5`. */
export function placeIn({ shape: [height, width, channels] }: LiveLayer, index: number): string {
  if (height * width === 1) return `neuron ${index}`;
  const position = Math.floor(index / channels);
  return `row ${Math.floor(position / width)}, column ${position % width}, channel ${index % channels}`;
}

/** The largest output less the next largest, and whose that is; undefined of a single output. */
export function margin({
  outputs,
  class: best,
}: Inference): { readonly by: number; readonly over: number } | undefined {
  const over = outputs.reduce(
    (second, value, index) => (index !== best && (second < 0 || value > outputs[second]) ? index : second),
    -1,
  );
  return over < 0 ? undefined : { by: outputs[best] - outputs[over], over };
}
