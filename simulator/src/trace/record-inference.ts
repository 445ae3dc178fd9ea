import type { Machine } from '../circuit/circuit.js';
import type { Engine } from '../engines/engine.js';
import { ReferenceEngine } from '../engines/reference.js';
import { runInferences, type InferenceRun, type RunOptions } from '../engines/run.js';

export type RecordOptions = Pick<RunOptions, 'onProgress' | 'signal'>;

/**
 * Runs one input on the reference engine and shows every net in every cycle, once it has settled.
 * @param onCycle takes the number of the cycle, 0 at `start`, and 0 or 1 by net, valid until it returns
 * @throws as `runInferences` does
 */
export function recordInference(
  circuit: Machine,
  input: Uint8Array,
  onCycle: (cycle: number, values: Uint8Array) => void,
  options: RecordOptions = {},
): Promise<InferenceRun> {
  const engine = new ReferenceEngine(circuit.netlist);
  let cycle = 0;
  const recorded: Engine = {
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
      onCycle(cycle++, engine.values);
    },
  };
  return runInferences(circuit, recorded, [input], options);
}
