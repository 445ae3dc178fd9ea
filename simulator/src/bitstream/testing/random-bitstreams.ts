import fc from 'fast-check';
import { randomNetwork } from '../../circuit/unrolled/testing/random-network.js';
import { FormatError } from '../../errors.js';
import { canonicalNetwork } from '../../network/counts.js';
import { planMemory } from '../../network/memory.js';
import type { Network } from '../../network/network.js';
import { createOracle } from '../../network/oracle.js';
import { randomInputs, randomLayers, randomLogicNetwork } from '../../network/testing/random-layers.js';
import { type Bitstream, bitstreamOf } from '../bitstream.js';
import { decodeBitstream } from '../decode.js';

/** Small bitstreams of dense binary layers. */
const denseBitstreams = fc
  .record({
    widths: fc.array(fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 4 }),
    inputBits: fc.integer({ min: 1, max: 8 }),
    shift: fc.integer({ min: 0, max: 8 }),
    noise: fc.infiniteStream(fc.nat()),
    vectors: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ widths, inputBits, shift, noise, vectors }): Bitstream => {
    const next = (below: number): number => Number(noise.next().value) % below;
    const network = randomNetwork(widths, inputBits, shift, next);
    const goldenVectors = Array.from({ length: vectors }, () => ({
      input: Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)),
      outputs: Int32Array.from({ length: widths[widths.length - 1] }, () => next(1000) - 500),
    }));
    return bitstreamOf(network, { name: 'näme', modelDigest: 'ab', compiler: 'test' }, goldenVectors);
  });

/** Makes a bitstream of a network whose golden vectors are the oracle's. */
export const withGoldenVectors = (network: Network, inputs: readonly Uint8Array[]): Bitstream => {
  const oracle = createOracle(network);
  return {
    network,
    memory: planMemory(network),
    goldenVectors: inputs.map((input) => ({ input, outputs: oracle(input).outputs })),
    description: { name: 'läyers', modelDigest: 'ab', compiler: 'test' },
  };
};

/** Small bitstreams of layers of every kind. */
export const layeredBitstreams = fc.infiniteStream(fc.nat()).map((noise) => {
  const next = (below: number): number => Number(noise.next().value) % below;
  const network = canonicalNetwork(randomLayers(next));
  return withGoldenVectors(network, randomInputs(next, network, next(4)));
});

/** Small bitstreams with layers of logic. */
export const logicBitstreams = fc.infiniteStream(fc.nat()).map((noise) => {
  const next = (below: number): number => Number(noise.next().value) % below;
  const network = canonicalNetwork(randomLogicNetwork(next));
  return withGoldenVectors(network, randomInputs(next, network, next(4)));
});

/** Small bitstreams of any network. */
export const bitstreams = fc.oneof(denseBitstreams, layeredBitstreams, logicBitstreams);

/** Returns the code that bytes are refused with, `none` if they are a bitstream. */
export const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeBitstream(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
  return 'none';
};
