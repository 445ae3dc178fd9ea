import type { Machine } from '../circuit/circuit.js';
import type { InferenceRun } from '../engines/run.js';
import { recordInference } from './record-inference.js';
import { VcdWriter, type TracedSignal } from './vcd.js';

export interface TraceOptions {
  /** Selects the named vectors to record besides the ports (all probes). */
  readonly select?: (name: string) => boolean;
}

/** Runs one input on the reference engine and records ports and probes in every cycle. */
export async function traceInference(
  circuit: Machine,
  input: Uint8Array,
  { select = () => true }: TraceOptions = {},
): Promise<{ vcd: string; run: InferenceRun }> {
  const { netlist } = circuit;
  const signals: TracedSignal[] = [
    ...netlist.inputs,
    ...netlist.outputs,
    ...netlist.probes.filter((probe) => select(probe.name)),
  ];
  const writer = new VcdWriter(`one inference of ${netlist.name}`, signals);
  const run = await recordInference(circuit, input, (_cycle, values) => writer.sample(values));
  return { vcd: writer.end(), run };
}
