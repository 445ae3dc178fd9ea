import type { Machine } from '../circuit/circuit.js';
import type { Engine } from '../engines/engine.js';
import { ReferenceEngine } from '../engines/reference.js';
import { runInferences, type InferenceRun } from '../engines/run.js';
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
  const engine = new ReferenceEngine(netlist);
  const run = await runInferences(circuit, recording(engine, writer), [input]);
  return { vcd: writer.end(), run };
}

/** Wraps the engine so that it records every settled cycle. */
const recording = (engine: ReferenceEngine, writer: VcdWriter): Engine => ({
  name: engine.name,
  netlist: engine.netlist,
  lanes: engine.lanes,
  wordsPerNet: engine.wordsPerNet,
  configure: (configuration) => engine.configure(configuration),
  reset: () => engine.reset(),
  setInput: (port, words) => engine.setInput(port, words),
  getOutput: (port) => engine.getOutput(port),
  clock: () => engine.clock(),
  evaluate: () => {
    engine.evaluate();
    writer.sample(engine.values);
  },
});
