import { bitMatrixFrom } from '@adiabit/simulator/bits';
import type { BinaryDenseModel } from '../../model/model.js';
import { Random } from '../../random.js';

/** Returns a model for the toy examples, 12 - hidden - 3, its bits and constants drawn at random. */
export function randomModel(seed: number, hidden = 8): BinaryDenseModel {
  const random = Random.fromSeed(seed, 'model');
  const weights = (outputs: number, inputs: number) => bitMatrixFrom(outputs, inputs, () => random.uniform() < 0.5);
  return {
    name: 'random',
    input: { count: 12, bits: 8 },
    layers: [
      {
        kind: 'dense',
        inputs: 12,
        outputs: hidden,
        inputEncoding: 'unsigned',
        weights: weights(hidden, 12),
        activation: {
          kind: 'threshold',
          thresholds: Int32Array.from({ length: hidden }, () => random.below(600) - 300),
        },
      },
      {
        kind: 'dense',
        inputs: hidden,
        outputs: 3,
        inputEncoding: 'unsigned',
        weights: weights(3, hidden),
        activation: { kind: 'integer', shift: 2, offsets: Int32Array.of(1, -2, 0) },
      },
    ],
  };
}
