import { TARGET_NAMES, TARGETS } from '@adiabit/sdk/compile';
import type { Handlers } from '../../../common/contract.js';
import type { CIRCUIT_METHODS } from '../../../common/contract/circuits.js';
import type { Library } from '../library.js';
import type { Circuits } from './circuits.js';
import { describeNetwork, readWeights } from './describe.js';

/** The methods about circuits: what is quick is done here, all else in the thread of the circuits. */
export const circuitHandlers = (
  library: Library,
  circuits: Circuits,
  boardsFolder?: string,
): Pick<Handlers<'lab'>, keyof typeof CIRCUIT_METHODS> => ({
  describeNetwork: async ({ entry }) =>
    describeNetwork(entry, await library.bytes(entry), await library.bitstream(entry), boardsFolder),
  readWeights: async ({ entry, layer, from, to }) => {
    const { network } = await library.bitstream(entry);
    return readWeights(network, layer, from, to);
  },
  listTargets: () => TARGET_NAMES.map((id) => ({ id, title: TARGETS[id].title })),
  buildCircuit: (params) => circuits.ask('buildCircuit', params),
  estimateTarget: (params) => circuits.ask('estimateTarget', params),
  drawSchematic: (params) => circuits.ask('drawSchematic', params),
  listSignals: (params) => circuits.ask('listSignals', params),
  traceSignals: (params) => circuits.ask('traceSignals', params),
  exportVcd: (params) => circuits.ask('exportVcd', params),
  cancelCircuitWork: async () => {
    await circuits.cancel();
    return undefined;
  },
});
