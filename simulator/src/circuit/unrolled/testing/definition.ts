import type { Network } from '../../../network/network.js';
import { createOracle } from '../../../network/oracle.js';

/** Computes a network's outputs by its signed sums, without clock, gates or counts. */
export const expectedOutputs = (network: Network, input: Uint8Array): readonly number[] => [
  ...createOracle(network)(input).outputs,
];
