import type { Bitstream } from '@adiabit/simulator/bitstream';
import { elaborateInSteps, finish, within, type Circuit, type Steps } from '@adiabit/simulator/circuit';
import { hasUnrolledForm, type Layer, type Network } from '@adiabit/simulator/network';
import { foldInSteps, type FoldedCompilation, type FoldingGoals } from './folding/fold.js';
import { FORMS, inFormInSteps, type Form, type PassReport, type Unrolling } from './passes/index.js';
import { TARGETS } from './targets.js';

/** Unrolled in two forms, and folded. */
export const CIRCUIT_FORMS = [...FORMS, 'folded'] as const;
export type CircuitForm = (typeof CIRCUIT_FORMS)[number];

/** A form, or whichever suits the network: configurable where it can be unrolled, else folded. */
export type CircuitFormChoice = CircuitForm | 'auto';

/** A circuit in the form that it was built in. */
export type BuiltCircuit = UnrolledCircuit | FoldedBuild;

export interface UnrolledCircuit {
  readonly form: Form;
  readonly circuit: Circuit;
  readonly passes: readonly PassReport[];
}

export interface FoldedBuild extends FoldedCompilation {
  readonly form: 'folded';
}

/** What a circuit shall keep to: a folded one, and an unrolled one. */
export type CircuitGoals = FoldingGoals & Unrolling;

/**
 * Weights up to which a network is unrolled when nothing is said: a cell each, and about 100 bytes of memory to compile
 * it.
 */
const MOST_UNROLLED_WEIGHTS = 4_000_000;

/**
 * Returns the form that `auto` stands for: unrolled for dense binary networks, unless they have more weights than a
 * chip has registers to keep them in, or than is sensible anywhere; folded for all others. Logic has no folded form: its
 * masks are built in where a chip has no registers for them.
 */
export function suitableForm(network: Network, { target }: Pick<CircuitGoals, 'target'> = {}): CircuitForm {
  if (!hasUnrolledForm(network)) return 'folded';
  const weights = network.layers.reduce((sum, layer) => sum + configurationBits(layer), 0);
  const registers = target === undefined ? Infinity : TARGETS[target].registers;
  if (weights <= Math.min(MOST_UNROLLED_WEIGHTS, registers)) return 'configurable';
  return network.layers.some(({ kind }) => kind === 'logic') ? 'specialised' : 'folded';
}

/** Counts the weights or mask bits of a layer, which a configurable circuit keeps in registers. */
function configurationBits(layer: Layer): number {
  if (layer.kind === 'dense') return layer.inputs * layer.outputs;
  return layer.kind === 'logic' ? layer.masks.rows * layer.masks.columns : 0;
}

/**
 * Builds the circuit of a bitstream from its network and nothing else but the form.
 * @throws CompileError `compile.unsupported` for an unrolled form of a network that has none; as `fold` for a folded
 * one
 */
export const circuitOf = (
  bitstream: Pick<Bitstream, 'network' | 'description'>,
  choice?: CircuitFormChoice,
  goals?: CircuitGoals,
): BuiltCircuit => finish(circuitInSteps(bitstream, choice, goals));

/** Builds what `circuitOf` does, in steps of some milliseconds. */
export function* circuitInSteps(
  { network, description }: Pick<Bitstream, 'network' | 'description'>,
  choice: CircuitFormChoice = 'auto',
  goals: CircuitGoals = {},
): Steps<BuiltCircuit> {
  const form = choice === 'auto' ? suitableForm(network, goals) : choice;
  if (form === 'folded') return { form, ...(yield* foldInSteps(description.name, network, goals)) };
  const elaborated = form === 'specialised' || goals.retimes === true ? 0.2 : 1;
  const circuit = yield* within(0, elaborated, elaborateInSteps(description.name, network, goals.tree));
  return { form, ...(yield* within(elaborated, 1, inFormInSteps(form, circuit, goals.retimes))) };
}
