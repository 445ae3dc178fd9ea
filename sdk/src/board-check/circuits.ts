import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { encodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { neverThreshold, networkOfCounts, type CountingLayer, type CountingShape } from '@adiabit/simulator/network';
import { Random } from '../random.js';
import { logicNetwork, overRecordings, pictureNetwork, sampleNetwork } from './sample-networks.js';

/** A circuit, inputs as they travel, and what the integer oracle makes of them. */
export interface CheckCircuit {
  readonly bitstream: Bitstream;
  readonly bytes: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Int32Array[];
}

export interface DenseShape {
  readonly widths: readonly number[];
  readonly inputBits: number;
}

const INPUTS = 4;
const GOLDEN_VECTORS = 2;

/** Makes dense layers with random weights. The same seed gives the same circuit. */
export function denseCircuit(seed: number, { widths, inputBits }: DenseShape): CheckCircuit {
  const random = Random.fromSeed(seed);
  const next = (below: number): number => random.below(below);
  const layers = widths.slice(1).map((outputs, index): CountingLayer => {
    const isLast = index === widths.length - 2;
    const shape: CountingShape = {
      activation: isLast ? 'integer' : 'threshold',
      inputs: widths[index],
      outputs,
      inputBits: index === 0 ? inputBits : 1,
      shift: 0,
    };
    return {
      ...shape,
      weights: bitMatrixFrom(outputs, shape.inputs, () => next(2) === 1),
      thresholds: Uint32Array.from({ length: isLast ? 0 : outputs }, () =>
        Math.floor((neverThreshold(shape) * (8 + next(5))) / 20),
      ),
      offsets: Int32Array.from({ length: isLast ? outputs : 0 }, () => next(200) - 100),
    };
  });
  const inputs = Array.from({ length: INPUTS }, () =>
    Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
  );
  return sampleNetwork(networkOfCounts(layers), inputs, GOLDEN_VECTORS);
}

/** Makes a picture network with every kind of layer, over examples that the board prepares. */
export function picturesCircuit(seed: number): CheckCircuit {
  const random = Random.fromSeed(seed);
  const next = (below: number): number => random.below(below);
  const network = overRecordings(pictureNetwork(next, 12));
  const inputs = Array.from({ length: INPUTS }, () =>
    Uint8Array.from({ length: network.input.count }, () => next(256)),
  );
  return sampleNetwork(network, inputs, GOLDEN_VECTORS);
}

/** Makes a network of learnt logic over values of 8 bits, with tables of this many inputs. */
export function logicCircuit(seed: number, tableInputs: number): CheckCircuit {
  const random = Random.fromSeed(seed);
  const next = (below: number): number => random.below(below);
  const network = logicNetwork(next, { inputs: 150, levels: 2, classes: 5, tablesPerClass: 13, tableInputs });
  const inputs = Array.from({ length: INPUTS }, () =>
    Uint8Array.from({ length: network.input.count }, () => next(256)),
  );
  return sampleNetwork(network, inputs, GOLDEN_VECTORS);
}

/** Returns a copy whose first golden vector expects something else: it passes every check but the self-test. */
export function withWrongGoldenVector({ bitstream }: CheckCircuit): Uint8Array {
  const [first, ...others] = bitstream.goldenVectors;
  const wrong = { input: first.input, outputs: first.outputs.map((output) => output + 1) };
  return encodeBitstream({ ...bitstream, goldenVectors: [wrong, ...others] });
}
