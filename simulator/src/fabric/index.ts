/** The unrolled circuit of a binary dense network, and what every circuit tells of its ports and timing. */
export { DEFAULT_TREE, type TreeShape } from './counters.js';
export { PORT, elaborate } from './elaborate.js';
export {
  enteringBit,
  entryCycles,
  type Circuit,
  type CircuitPorts,
  type CircuitTiming,
  type Machine,
} from './machine.js';
export { SCAN_PORT } from './scan-port.js';
