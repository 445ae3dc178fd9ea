import { createBitMatrix, getBit, setBit, type BitMatrix } from '../../bits/bit-matrix.js';
import { constantBits, integerBits } from '../../network/counting-layer.js';
import type { UnrolledStage } from '../../network/unrolled.js';

/**
 * Packs what the circuit is configured with into one row of bits, in the order of its configuration cells: the thresholds of
 * a thermometer, the masks of logic, of neurons first the weights and then threshold or offset, the offsets of counted
 * channels. The least significant bit of a constant comes first.
 */
export function configurationVector(stages: readonly UnrolledStage[], inputBits: number): BitMatrix {
  const vector = createBitMatrix(
    1,
    stages.reduce((sum, stage) => sum + configurationBits(stage, inputBits), 0),
  );
  let position = 0;
  for (const stage of stages) {
    for (const bit of bitsOf(stage, inputBits)) {
      if (bit & 1) setBit(vector, 0, position);
      position++;
    }
  }
  return vector;
}

function configurationBits(stage: UnrolledStage, inputBits: number): number {
  switch (stage.kind) {
    case 'thermometer':
      return stage.thermometer.activation.thresholds.length * inputBits;
    case 'logic':
      return stage.logic.masks.rows * stage.logic.masks.columns;
    case 'counting':
      return stage.counting.outputs * (stage.counting.inputs + constantBits(stage.counting));
    case 'channels':
      return stage.channels.outputs * integerBits(stage.channels);
  }
}

/** Gives the bits of a stage; of each number the lowest counts. */
function* bitsOf(stage: UnrolledStage, inputBits: number): Generator<number> {
  switch (stage.kind) {
    case 'thermometer':
      for (const threshold of stage.thermometer.activation.thresholds) yield* numberBits(threshold, inputBits);
      break;
    case 'logic':
      yield* rowsOf(stage.logic.masks, () => []);
      break;
    case 'counting': {
      const { weights, thresholds, offsets, activation } = stage.counting;
      const constants = activation === 'threshold' ? thresholds : offsets;
      const width = constantBits(stage.counting);
      yield* rowsOf(weights, (neuron) => numberBits(constants[neuron], width));
      break;
    }
    case 'channels':
      for (const offset of stage.channels.offsets) yield* numberBits(offset, integerBits(stage.channels));
  }
}

function* rowsOf(matrix: BitMatrix, behind: (row: number) => Iterable<number>): Generator<number> {
  for (let row = 0; row < matrix.rows; row++) {
    for (let column = 0; column < matrix.columns; column++) yield getBit(matrix, row, column);
    yield* behind(row);
  }
}

function* numberBits(value: number, width: number): Generator<number> {
  for (let bit = 0; bit < width; bit++) yield value >>> bit;
}
