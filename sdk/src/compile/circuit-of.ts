import { CompileError, elaborate, isOperators, operatorsOf, type AnyBitstream, type Machine } from '@adiabit/simulator';
import type { Estimate } from './estimate.js';
import { fold, type FoldingGoals } from './folding/fold.js';
import { FORMS, inForm, type PassReport, type Unrolling } from './passes/index.js';

/** Unrolled in two forms, and folded. */
export const CIRCUIT_FORMS = [...FORMS, 'folded'] as const;
export type CircuitForm = (typeof CIRCUIT_FORMS)[number];

export interface BuiltCircuit {
  readonly circuit: Machine;
  readonly passes: readonly PassReport[];
  /** Of a folded circuit, for its target. */
  readonly estimate?: Estimate;
}

/** What a circuit shall keep to: a folded one, and an unrolled one. */
export type CircuitGoals = FoldingGoals & Unrolling;

/**
 * The circuit of a bitstream, from its bytes and nothing else but the form.
 * @throws CompileError `compile.unsupported` for an unrolled form of a network that has none; as `fold` for a folded one
 */
export function circuitOf(bitstream: AnyBitstream, form: CircuitForm, goals: CircuitGoals = {}): BuiltCircuit {
  const { name } = bitstream.description;
  if (form === 'folded') return fold(name, operatorsOf(bitstream), goals);
  if (isOperators(bitstream)) {
    const message = `The bitstream of "${name}" holds operators (convolutions, pools, 8-bit weights), which have no ${form} circuit. Use the folded form: --form folded.`;
    throw new CompileError('unsupported', message, { name, form });
  }
  const { architecture, configuration } = bitstream;
  return inForm(form, elaborate(name, architecture, configuration, goals.tree), goals.retimes);
}
