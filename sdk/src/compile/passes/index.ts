import { createBitMatrix, netlistStats, validateNetlist, type Circuit, type Netlist } from '@adiabit/simulator';
import { fixConfiguration } from './fix-configuration.js';
import type { Pass } from './pass.js';
import { propagateConstants } from './propagate-constants.js';
import { removeDeadCells } from './remove-dead-cells.js';
import { shareSubexpressions } from './share-subexpressions.js';

export type { Pass } from './pass.js';
export { fixConfiguration, propagateConstants, removeDeadCells, shareSubexpressions };

/** From the configurable circuit to the one that is this network and no other. */
export const SPECIALISING_PASSES: readonly Pass[] = [
  fixConfiguration, //    weights, thresholds and offsets become constants;
  propagateConstants, //  an xnor with a constant is a wire or an inverter, a comparison with one is an and or an or;
  shareSubexpressions, // neurons that agree on a few weights share what those inputs add up to;
  removeDeadCells, //     and what nothing reads is gone.
];

/**
 * Configurable: true xnor cells, weights and thresholds in configuration cells. Specialised: they are constants, and the
 * passes have made the most of it.
 */
export const FORMS = ['configurable', 'specialised'] as const;
export type Form = (typeof FORMS)[number];

/** What a pass did to the size of a circuit. */
export interface PassReport {
  readonly name: string;
  readonly cellsBefore: number;
  readonly cellsAfter: number;
  /** Two-input gates, a full adder counted as five. */
  readonly gatesBefore: number;
  readonly gatesAfter: number;
}

/**
 * The specialised form of a circuit: the same outputs in the same cycles, without configuration.
 * @throws NetlistError if a pass broke a rule of the fabric.
 */
export function specialise(circuit: Circuit): { circuit: Circuit; passes: readonly PassReport[] } {
  const passes: PassReport[] = [];
  let netlist = circuit.netlist;
  let before = sizeOf(netlist);
  for (const { name, run } of SPECIALISING_PASSES) {
    netlist = run({ ...circuit, netlist });
    const after = sizeOf(netlist);
    passes.push({
      name,
      cellsBefore: before.cells,
      cellsAfter: after.cells,
      gatesBefore: before.gates,
      gatesAfter: after.gates,
    });
    before = after;
  }
  validateNetlist(netlist);
  return { circuit: { ...circuit, netlist, configuration: createBitMatrix(1, 0) }, passes };
}

/** A configurable circuit in another form, and what each pass did for it. */
export const inForm = (form: Form, circuit: Circuit): { circuit: Circuit; passes: readonly PassReport[] } =>
  form === 'configurable' ? { circuit, passes: [] } : specialise(circuit);

const sizeOf = (netlist: Netlist): { cells: number; gates: number } => ({
  cells: netlist.cells.count,
  gates: netlistStats(netlist).gates,
});
