import type { BinarizedModel } from './model.js';

/** Counts the products of weights and values in one inference, those with places outside a picture included. */
export function productsIn({ layers }: BinarizedModel): number {
  return layers.reduce((sum, layer) => {
    if (layer.kind === 'dense') return sum + layer.inputs * layer.outputs;
    if (layer.kind !== 'convolution') return sum;
    const [height, width] = layer.outputShape;
    return sum + height * width * layer.weights.rows * layer.weights.columns;
  }, 0);
}
