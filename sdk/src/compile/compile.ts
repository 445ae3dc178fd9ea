import type { Bitstream } from '@adiabit/simulator/bitstream';
import { finish, type Circuit, type CircuitTiming, type Steps } from '@adiabit/simulator/circuit';
import { netlistStats, validateNetlist, type NetlistStats } from '@adiabit/simulator/netlist';
import type { BinarizedModel } from '../model/model.js';
import {
  circuitInSteps,
  type BuiltCircuit,
  type CircuitForm,
  type CircuitFormChoice,
  type CircuitGoals,
} from './circuit-of.js';
import { compileBitstream, type BitstreamOptions, type BitstreamReport } from './compile-bitstream.js';
import type { Estimate } from './estimate.js';
import type { PassReport } from './passes/index.js';

export interface CompileOptions extends BitstreamOptions, CircuitGoals {
  /** The form of the circuit (`auto`). The bitstream is the same in all. */
  readonly form?: CircuitFormChoice;
}

/** What a circuit and its bitstream are made of. */
export interface CompileReport extends NetlistStats, BitstreamReport {
  readonly form: CircuitForm;
  readonly timing: CircuitTiming;
  /** What each pass did; none is needed for the configurable form. */
  readonly passes: readonly PassReport[];
  /** The estimate of a folded circuit for its target. */
  readonly estimate?: Estimate;
}

export interface Compilation {
  readonly bitstream: Bitstream;
  readonly bytes: Uint8Array;
  readonly circuit: Circuit;
  readonly report: CompileReport;
}

/**
 * Compiles a model of any kind and size to bitstream and circuit, and checks the circuit. It is built from what the
 * bitstream says, so the two cannot differ.
 * @throws ModelError for a model that contradicts itself, CompileError when it has no circuit of that form or none that
 * keeps to the goals, FormatError when it is more than a bitstream holds.
 */
export function compile(
  model: BinarizedModel,
  { goldenInputs = [], form = 'auto', ...goals }: CompileOptions = {},
): Compilation {
  const { bitstream, bytes, report } = compileBitstream(model, { goldenInputs });
  const built = finish(checkedCircuitInSteps(bitstream, form, goals));
  return { bitstream, bytes, circuit: built.circuit, report: { ...report, ...reportOf(built) } };
}

/**
 * Builds a circuit as `circuitOf` does, and checks its netlist. The passes of the other forms end with the same check.
 */
export function* checkedCircuitInSteps(...of: Parameters<typeof circuitInSteps>): Steps<BuiltCircuit> {
  const built = yield* circuitInSteps(...of);
  if (built.form === 'configurable') validateNetlist(built.circuit.netlist);
  return built;
}

/** Returns what a circuit is made of. */
export const reportOf = (built: BuiltCircuit): Omit<CompileReport, keyof BitstreamReport> => ({
  ...netlistStats(built.circuit.netlist),
  form: built.form,
  timing: built.circuit.timing,
  passes: built.passes,
  ...(built.form === 'folded' ? { estimate: built.estimate } : {}),
});
