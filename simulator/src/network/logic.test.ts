import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import type { LogicLayer, Network } from './network.js';
import { createOracle } from './oracle.js';
import { validateNetwork } from './validate.js';

/** Two tables of two pins over three bits, an exclusive or and an implication, and their sums as outputs. */
function network(change: Partial<LogicLayer> = {}, input = { count: 3, bits: 1 }): Network {
  const masks = [0b0110, 0b1101];
  return {
    input,
    layers: [
      {
        kind: 'logic',
        inputShape: [1, 1, 3],
        outputShape: [1, 1, 2],
        tableInputs: 2,
        wires: Uint32Array.of(0, 2, 2, 1),
        masks: bitMatrixFrom(2, 4, (table, entry) => ((masks[table] >> entry) & 1) === 1),
        ...change,
      },
      {
        kind: 'activation',
        inputShape: [1, 1, 2],
        activation: { kind: 'integer', shift: 0, offsets: new Int32Array(2) },
      },
    ],
  };
}

describe('a layer of logic', () => {
  it('looks up the bit that its pins select, the first pin lowest', () => {
    const oracle = createOracle(network());
    const tables = Array.from({ length: 8 }, (_, number) => {
      const input = Uint8Array.from([number & 1, (number >> 1) & 1, number >> 2]);
      return [...oracle(input).outputs];
    });
    for (const [number, [differs, implies]] of tables.entries()) {
      const [a, b, c] = [number & 1, (number >> 1) & 1, number >> 2];
      expect(differs).toBe(a ^ c);
      expect(implies).toBe(c === 1 && b === 0 ? 0 : 1);
    }
  });

  it.each<[what: string, network: Network, message: string]>([
    ['tables of one input', network({ tableInputs: 1 }), 'tables of 1 inputs; use 2 to 6'],
    ['tables of seven inputs', network({ tableInputs: 7 }), 'tables of 7 inputs; use 2 to 6'],
    ['a pin without a wire', network({ wires: Uint32Array.of(0, 1, 2) }), '3 wires for 4 pins'],
    ['a wire from nowhere', network({ wires: Uint32Array.of(0, 1, 3, 2) }), 'a wire from value 3 of 3'],
    ['a table without a mask', network({ masks: bitMatrixFrom(1, 4, () => true) }), 'masks are 1 x 4, expected 2 x 4'],
    ['masks of another size', network({ masks: bitMatrixFrom(2, 8, () => true) }), 'masks are 2 x 8, expected 2 x 4'],
    ['values of two bits', network({}, { count: 3, bits: 2 }), 'logic over values that are not bits'],
    ['inputs of another number', network({ inputShape: [1, 2, 3] }), 'takes 6 inputs where 3 arrive'],
  ])('is refused with %s', (_what, broken, message) => {
    expect(() => {
      validateNetwork(broken);
    }).toThrow(message);
  });

  it('is refused with bits behind its masks', () => {
    const masks = bitMatrixFrom(2, 4, () => true);
    masks.words[1] |= 16;
    expect(() => {
      validateNetwork(network({ masks }));
    }).toThrow('bits behind its masks');
  });
});
