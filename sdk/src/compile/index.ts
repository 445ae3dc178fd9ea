/** Turns the exact integers of a model into a circuit and its bitstream. */
export { COMPILER } from './description.js';
export { compile, reportOf, type Compilation, type CompileOptions, type CompileReport } from './compile.js';
export {
  compileBitstream,
  type BitstreamCompilation,
  type BitstreamOptions,
  type BitstreamReport,
} from './compile-bitstream.js';
export {
  FORMS,
  SPECIALISING_PASSES,
  inForm,
  retimeRegisters,
  runPass,
  specialise,
  type Form,
  type Pass,
  type PassReport,
  type Unrolling,
} from './passes/index.js';
export {
  CIRCUIT_FORMS,
  circuitOf,
  suitableForm,
  type BuiltCircuit,
  type CircuitForm,
  type CircuitFormChoice,
  type CircuitGoals,
} from './circuit-of.js';
export { estimate, type Estimate } from './estimate.js';
export { describeFolding, fold, type FoldedCompilation, type FoldingGoals } from './folding/fold.js';
export { operationsOf, type Operations } from './operations.js';
export { TARGETS, TARGET_NAMES, clockGuessMHz, type Delays, type Target, type TargetName } from './targets.js';
