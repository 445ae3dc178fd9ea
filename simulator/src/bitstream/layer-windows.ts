import { outputShapeOf, type Layer, type PictureShape } from '../network/network.js';

type Pair = readonly [number, number];

/** Gives the geometry of a layer. Layers without windows have windows of one position. */
export function windowsOf(layer: Layer): {
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
} {
  const single = { size: [1, 1], stride: [1, 1], padding: [0, 0] } as const;
  switch (layer.kind) {
    case 'dense':
      return { inputShape: [1, 1, layer.inputs], outputShape: [1, 1, layer.outputs], ...single };
    case 'convolution':
      return layer;
    case 'pool':
      return { ...layer, padding: [0, 0] };
    case 'add':
    case 'activation':
    case 'logic':
    case 'thermometer':
      return { inputShape: layer.inputShape, outputShape: outputShapeOf(layer), ...single };
  }
}
