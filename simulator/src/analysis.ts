/** Analysis of circuits: injected faults, toggle coverage, the first difference of two circuits, and waveforms. */
export { stuckAt, withStuckNets } from './faults/stuck-at.js';
export { tryUpsets, withFlips } from './faults/upsets.js';
export { FAULT_KINDS, type FaultKind, type FaultPlan, type FaultTrial } from './faults/plan.js';
export { faultSites } from './faults/sites.js';
export { VcdWriter, type TracedSignal } from './trace/vcd.js';
export { recordInference, type RecordOptions } from './trace/record-inference.js';
export { traceInference, type TraceOptions } from './trace/trace-inference.js';
export { toggleCoverage, type MissedNet, type PartCoverage, type ToggleCoverage } from './coverage/toggle-coverage.js';
export { diffCircuits, type CircuitDifference } from './diff/diff.js';
export type { CellDifference } from './diff/twin-engine.js';
