import {
  bitstreamDigest,
  elaborate,
  encodeBitstream,
  netlistStats,
  toHex,
  validateNetlist,
  type Bitstream,
  type Circuit,
  type CircuitTiming,
  type NetlistStats,
} from '@adiabit/simulator';
import type { BinarizedModel } from '../model/model.js';
import { createOracle } from '../model/oracle.js';
import { validateModel } from '../model/validate.js';
import { descriptionOf } from './description.js';
import { lower } from './lower.js';
import { inForm, type Form, type PassReport, type Unrolling } from './passes/index.js';

export interface CompileOptions extends Unrolling {
  /** Inputs whose outputs travel in the bitstream: a device tests itself with them before it is trusted. */
  readonly goldenInputs?: readonly Uint8Array[];
  /** The form of the circuit, default configurable. The bitstream is the same in both. */
  readonly form?: Form;
}

/** What a circuit is made of. */
export interface CompileReport extends NetlistStats {
  readonly bitstreamBytes: number;
  /** SHA-256 of the bitstream file, hexadecimal. */
  readonly digest: string;
  readonly timing: CircuitTiming;
  /** What each pass did; none is needed for the configurable form. */
  readonly passes: readonly PassReport[];
}

export interface Compilation {
  readonly bitstream: Bitstream;
  readonly bytes: Uint8Array;
  readonly circuit: Circuit;
  readonly report: CompileReport;
}

/**
 * Compiles a model: signs are lowered to counts, the counts become bitstream and circuit, and the circuit is checked.
 * The circuit is elaborated from what the bitstream says, so the two cannot differ.
 * @throws ModelError for a model that contradicts itself, CompileError when its numbers do not fit the fabric.
 */
export function compile(
  model: BinarizedModel,
  { goldenInputs = [], form = 'configurable', tree, retimes }: CompileOptions = {},
): Compilation {
  validateModel(model);
  const { architecture, configuration } = lower(model);
  const oracle = createOracle(model);
  const bitstream: Bitstream = {
    architecture,
    configuration,
    goldenVectors: goldenInputs.map((input) => ({ input, outputs: oracle(input).outputs })),
    description: descriptionOf(model),
  };
  const bytes = encodeBitstream(bitstream);
  const configurable = elaborate(model.name, architecture, configuration, tree);
  validateNetlist(configurable.netlist);
  const { circuit, passes } = inForm(form, configurable, retimes);
  return { bitstream, bytes, circuit, report: reportOf(circuit, bytes, passes) };
}

/** What a circuit and its bitstream are made of. */
export const reportOf = (circuit: Circuit, bytes: Uint8Array, passes: readonly PassReport[] = []): CompileReport => ({
  ...netlistStats(circuit.netlist),
  bitstreamBytes: bytes.length,
  digest: toHex(bitstreamDigest(bytes)),
  timing: circuit.timing,
  passes,
});
