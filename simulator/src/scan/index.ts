/** Loading a circuit as a chip does: scan chains, and the controller that checks the bitstream. */
export { scanCycles, type ScanCycle } from './controller.js';
export { configured, loadThroughScanChains, loadingCycles, type LoadableCircuit, type LoadingOptions } from './load.js';
export { insertScanChains, type ScanChain, type ScanCircuit } from './scan-chains.js';
