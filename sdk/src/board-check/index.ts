/** Everything that a board has to do, asked over any port. */
export { checkBoard, type BoardReport, type CheckOutcome } from './check-board.js';
export type { BoardCheck } from './check.js';
export { CHECKS } from './checks.js';
export { type BenchOptions, type Difference } from './bench.js';
