import { CompileError } from '../../errors.js';
import {
  levelsOf,
  outputShapeOf,
  outputsOf,
  sourcesOf,
  type Layer,
  type Network,
  type PictureShape,
} from '../../network/network.js';

/**
 * One layer of a folded circuit. Every layer is a walk of windows over a picture. A dense layer has one window over a
 * picture of one position. An addition or an activation has windows of one value.
 */
export interface Unit {
  readonly index: number;
  readonly layer: Layer;
  /** The layers that it reads, -1 for the input. */
  readonly sources: readonly number[];
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly padding: readonly [top: number, left: number];
  /** Whether every output depends on all channels of its window; if not, it depends on its own channel only. */
  readonly isWeighted: boolean;
  /** Without weights, the values that it makes of one: more than 1 in a thermometer. */
  readonly levels: number;
}

const POINT = { size: [1, 1], stride: [1, 1], padding: [0, 0], levels: 1 } as const;

export const unitsOf = ({ layers }: Network): readonly Unit[] =>
  layers.map((layer, index) => ({ index, layer, sources: sourcesOf(layer, index), ...walkOf(layer) }));

function walkOf(layer: Layer): Omit<Unit, 'index' | 'layer' | 'sources'> {
  switch (layer.kind) {
    case 'dense': {
      const { inputs, outputs } = layer;
      return { ...POINT, inputShape: [1, 1, inputs], outputShape: [1, 1, outputs], isWeighted: true };
    }
    case 'convolution': {
      const { inputShape, outputShape, size, stride, padding } = layer;
      return { inputShape, outputShape, size, stride, padding, isWeighted: true, levels: 1 };
    }
    case 'pool': {
      const { inputShape, outputShape, size, stride } = layer;
      return { inputShape, outputShape, size, stride, padding: [0, 0], isWeighted: false, levels: 1 };
    }
    case 'add':
    case 'activation':
      return { ...POINT, inputShape: layer.inputShape, outputShape: layer.inputShape, isWeighted: false };
    case 'logic':
      throw new CompileError(
        'unsupported',
        'Logic has no folded circuit: its wires go anywhere. The unrolled form has one for it, and boards run it as it is.',
        { kind: layer.kind, options: ['form=unrolled'] },
      );
    case 'thermometer': {
      const { inputShape } = layer;
      return { ...POINT, inputShape, outputShape: outputShapeOf(layer), isWeighted: false, levels: levelsOf(layer) };
    }
  }
}

/** Tells whether any window reaches beyond its picture along an axis. */
export const isPadded = ({ inputShape, outputShape, size, stride, padding }: Unit, axis: 0 | 1): boolean =>
  padding[axis] > 0 || (outputShape[axis] - 1) * stride[axis] + size[axis] - padding[axis] > inputShape[axis];

/** Gives the number of values of the source at this index. */
export const valuesFrom = ({ input, layers }: Network, source: number): number =>
  source < 0 ? input.count : outputsOf(layers[source]);
