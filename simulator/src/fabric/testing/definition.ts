import type { OperatorNetwork } from '../../operators/operators.js';
import { createOracle } from '../../operators/oracle.js';

/** What the network gives by its signed sums, without clock, gates or counts. */
export const expectedOutputs = (network: OperatorNetwork, input: Uint8Array): readonly number[] => [
  ...createOracle(network)(input).outputs,
];
