/** Engines that run circuits: the reference engine, the compiled engine, and inferences on either. */
export type { Engine, StateBit, UpsettableEngine } from './engine.js';
export { ReferenceEngine } from './reference.js';
export { CompiledEngine } from './compiled.js';
export { gatherLanes, sliceIntoLanes, vectorsForInputs } from './lanes.js';
export { runInferences, type InferenceRun, type RunOptions } from './run.js';
