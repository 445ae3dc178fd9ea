/** Circuits of every form: ports and timing, unrolled circuits, folded circuits, and loading them as a chip does. */
export { afterNextRound, finish, within, type Steps } from '../steps.js';
export {
  enteringBit,
  entryCycles,
  type Circuit,
  type CircuitPorts,
  type CircuitTiming,
  type Machine,
} from './circuit.js';
export { SCAN_PORT } from './scan-port.js';
export { DEFAULT_TREE, type TreeShape } from './unrolled/counters.js';
export { PORT, elaborate, elaborateInSteps } from './unrolled/elaborate.js';
export {
  elaborateFolded,
  elaborateFoldedInSteps,
  elaborateLoadable,
  elaborateLoadableInSteps,
  type FoldedCircuit,
  type LayerTiming,
  type LoadableFoldedCircuit,
} from './folded/elaborate-folded.js';
export {
  checkFolding,
  foldingChoices,
  valuesFor,
  workCycles,
  type Folding,
  type FoldingChoices,
  type LayerChoices,
  type LayerFolding,
} from './folded/folding.js';
export { streamHeads } from './folded/streams.js';
export { unitsOf, type Unit } from './folded/units.js';
export { scanCycles, type ScanCycle } from './loading/controller.js';
export {
  configured,
  loadThroughScanChains,
  loadingCycles,
  type LoadableCircuit,
  type LoadingOptions,
} from './loading/load.js';
export { insertScanChains, type ScanChain, type ScanCircuit } from './loading/scan-chains.js';
