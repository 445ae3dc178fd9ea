/** Netlists: building, printing, parsing, checking, ordering and counting. */
export {
  CELL_CODES,
  CELL_KINDS,
  CELL_SHAPES,
  COMBINATIONAL,
  GATE_COUNTS,
  OPERAND_COUNTS,
  RESULT_COUNTS,
  cellCode,
  evaluateCell,
  isCombinational,
  type CellKind,
} from './cells.js';
export {
  CONSTANT_0,
  CONSTANT_1,
  NO_NET,
  kindOf,
  operandsOf,
  resultsOf,
  type CellTable,
  type Group,
  type GroupRole,
  type Netlist,
  type Port,
} from './netlist.js';
export { NetlistBuilder } from './builder.js';
export { liveCells, livenessOf, type Liveness } from './liveness.js';
export { addressBits, stepMemory, type Memory, type MemoryStep, type MemoryWrite } from './memory.js';
export { driversOf, levelize } from './levelize.js';
export { logicCone, type Cone } from './cone.js';
export { operandsOfMemory } from './memory.js';
export { validateNetlist } from './validate.js';
export { netlistStats, type NetlistStats } from './stats.js';
export { printNetlist } from './print.js';
export { parseNetlist } from './parse.js';
