import { createBitMatrix } from '@adiabit/simulator/bits';
import {
  afterNextRound,
  finish,
  within,
  type Circuit,
  type Machine,
  type Steps,
  type TreeShape,
} from '@adiabit/simulator/circuit';
import { CELL_CODES, GATE_COUNTS, validateNetlist, type Netlist } from '@adiabit/simulator/netlist';
import { fixConfiguration } from './fix-configuration.js';
import type { Pass } from './pass.js';
import { propagateConstants } from './propagate-constants.js';
import { removeDeadCells } from './remove-dead-cells.js';
import { retimeRegisters } from './retime-registers.js';
import { shareSubexpressions } from './share-subexpressions.js';

export { runPass, type Pass } from './pass.js';
export { fixConfiguration, propagateConstants, removeDeadCells, retimeRegisters, shareSubexpressions };

/** What is done once: the bitstream is built in. */
export const BUILDING_IN: Pass = fixConfiguration; // weights, thresholds and offsets become constants

/** What is done for as long as it wins gates: each of these makes work for the others. */
export const SIMPLIFYING_PASSES: readonly Pass[] = [
  propagateConstants, //  an xnor with a constant is a wire or an inverter, a comparison with one is an and or an or;
  shareSubexpressions, // neurons that agree on a few weights, or disagree on all, share what those inputs add up to;
  removeDeadCells, //     and what nothing reads is gone.
];

/** Turns the configurable circuit into the one that is this network and no other. */
export const SPECIALISING_PASSES: readonly Pass[] = [BUILDING_IN, ...SIMPLIFYING_PASSES];

/**
 * Configurable: true xnor cells, weights and thresholds in configuration cells. Specialised: they are constants, and
 * the passes have made the most of it.
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
  readonly registersBefore: number;
  readonly registersAfter: number;
}

/** A circuit in a form, and what each pass did for it. */
export interface Formed<Any extends Machine> {
  readonly circuit: Any;
  readonly passes: readonly PassReport[];
}

/** The part of specialising that is about building in. */
const AFTER_BUILDING_IN = 0.2;

/**
 * Returns the specialised form of a circuit: the same outputs in the same cycles, without configuration. Specialising
 * it again changes nothing.
 * @throws NetlistError if a pass broke a rule of netlists.
 */
export const specialise = <Any extends Machine>(circuit: Any): Formed<Any> => finish(specialiseInSteps(circuit));

/** Does what `specialise` does, a pass after the other. */
export function* specialiseInSteps<Any extends Machine>(circuit: Any): Steps<Formed<Any>> {
  const first = yield* within(0, AFTER_BUILDING_IN, passesInSteps([BUILDING_IN], circuit));
  let { netlist } = first;
  const passes = [...first.passes];
  for (let done = AFTER_BUILDING_IN; ; done = afterNextRound(done)) {
    const steps = passesInSteps(SIMPLIFYING_PASSES, { ...circuit, netlist });
    const round = yield* within(done, afterNextRound(done), steps);
    const [before, after] = [round.passes[0].gatesBefore, round.passes[round.passes.length - 1].gatesAfter];
    // Stopping at the last round that won is what makes a second run stop at once.
    if (after >= before) break;
    netlist = round.netlist;
    passes.push(...round.passes);
  }
  validateNetlist(netlist);
  return { circuit: { ...circuit, netlist, configuration: createBitMatrix(1, 0) }, passes };
}

/** Runs one pass after the other. */
function* passesInSteps(
  list: readonly Pass[],
  circuit: Machine,
): Steps<{ readonly netlist: Netlist; readonly passes: readonly PassReport[] }> {
  let { netlist } = circuit;
  const passes: PassReport[] = [];
  for (const [index, { name, steps }] of list.entries()) {
    const before = sizeOf(netlist);
    netlist = yield* within(index / list.length, (index + 1) / list.length, steps({ ...circuit, netlist }));
    const after = sizeOf(netlist);
    passes.push({
      name,
      cellsBefore: before.cells,
      cellsAfter: after.cells,
      gatesBefore: before.gates,
      gatesAfter: after.gates,
      registersBefore: before.registers,
      registersAfter: after.registers,
    });
  }
  return { netlist, passes };
}

/** How an unrolled circuit is built. Outputs are the same, and so is the bitstream. */
export interface Unrolling {
  /** The trees of the popcounts (full adders with registers every four levels). More registers make more cycles. */
  readonly tree?: TreeShape;
  /** Moves registers to where fewer do, as far as no path gets longer; the cycles stay. */
  readonly retimes?: boolean;
}

/** Returns a configurable circuit in another form, and what each pass did for it. */
export const inForm = (form: Form, circuit: Circuit, retimes?: boolean): Formed<Circuit> =>
  finish(inFormInSteps(form, circuit, retimes));

/** Does what `inForm` does, a pass after the other. */
export function* inFormInSteps(form: Form, circuit: Circuit, retimes = false): Steps<Formed<Circuit>> {
  const specialised = retimes ? 0.5 : 1;
  const formed: Formed<Circuit> =
    form === 'configurable' ? { circuit, passes: [] } : yield* within(0, specialised, specialiseInSteps(circuit));
  if (!retimes) return formed;
  const { netlist, passes } = yield* within(specialised, 1, passesInSteps([retimeRegisters], formed.circuit));
  validateNetlist(netlist);
  return { circuit: { ...formed.circuit, netlist }, passes: [...formed.passes, ...passes] };
}

function sizeOf({ cells }: Netlist): { cells: number; gates: number; registers: number } {
  let [gates, registers] = [0, 0];
  for (const code of cells.kind) {
    gates += GATE_COUNTS[code];
    if (code === CELL_CODES.register) registers++;
  }
  return { cells: cells.count, gates, registers };
}
