export { canaryInputs } from './canary-inputs.js';
export { requireCanary, runCanary, type CanaryCount, type CanaryOptions, type CanaryOutcome } from './canary.js';
