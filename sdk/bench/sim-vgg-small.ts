/** One inference of VGG-Small, cycle by cycle, in a process of its own: from random weights to outputs that the oracle gives too. */
import { CompiledEngine, runInferences } from '@adiabit/simulator/engines';
import { createOracle } from '@adiabit/simulator/network';
import { fold } from '../src/compile/folding/fold.js';
import { Random } from '../src/random.js';
import { freeze } from '../src/train/freezing/freeze.js';
import { resolveLayers } from '../src/train/network/network.js';
import { initialParameters, toTrainedNetwork } from '../src/train/network/parameters.js';
import { vggSmallNetwork } from '../src/train/recipes/picture-networks.js';

export interface WholeInference {
  /** From the frozen network to its folded circuit, the folding chosen for any chip of 4-input tables. */
  readonly compileSeconds: number;
  /** The inference, with what it takes to make the engine. */
  readonly simulateSeconds: number;
  readonly latencyCycles: number;
  readonly luts: number;
  readonly memoryBits: number;
}

const random = Random.fromSeed(1);
const spec = vggSmallNetwork('both');
const trained = toTrainedNetwork(spec, initialParameters(resolveLayers(spec), random));
const pictures = [0, 1].map(() => Uint8Array.from({ length: spec.inputs }, () => random.below(256)));
const { model } = freeze(trained, pictures);
/** Other work on the machine does not count. */
const seconds = (): number => process.cpuUsage().user / 1e6;

const start = seconds();
const { circuit, estimate } = fold(model.name, model);
const compiled = seconds();
const { outputs } = await runInferences(circuit, new CompiledEngine(circuit.netlist), [pictures[0]]);
const simulated = seconds();
const expected = createOracle(model)(pictures[0]).outputs;
if (!expected.every((output, index) => output === outputs[index]))
  throw new Error('The circuit differs from the oracle.');
const result: WholeInference = {
  compileSeconds: compiled - start,
  simulateSeconds: simulated - compiled,
  latencyCycles: circuit.timing.latency,
  luts: estimate.luts,
  memoryBits: estimate.memoryBits,
};
process.stdout.write(JSON.stringify(result));
