/** From the exact integers of a model to a circuit and its bitstream. */
export { COMPILER } from './description.js';
export { compile, reportOf, type Compilation, type CompileOptions, type CompileReport } from './compile.js';
export { compileOperators, type OperatorCompilation, type OperatorReport } from './compile-operators.js';
export { lower } from './lower.js';
export {
  FORMS,
  SPECIALISING_PASSES,
  inForm,
  retimeRegisters,
  specialise,
  type Form,
  type Pass,
  type PassReport,
  type Unrolling,
} from './passes/index.js';
export { CIRCUIT_FORMS, circuitOf, type BuiltCircuit, type CircuitForm, type CircuitGoals } from './circuit-of.js';
export { estimate, type Estimate } from './estimate.js';
export { describeFolding, fold, type FoldedCompilation, type FoldingGoals } from './folding/fold.js';
export { operationsOf, type Operations } from './operations.js';
export { TARGETS, TARGET_NAMES, clockGuessMHz, type Delays, type Target, type TargetName } from './targets.js';
