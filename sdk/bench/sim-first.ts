/** One side of `bench:sim` in a process of its own: from a model to its circuit, from there to the first checked result. */
import { CompiledEngine, runInferences, vectorsForInputs } from '@adiabit/simulator/engines';
import { compile, type Form } from '@adiabit/sdk/compile';
import { createOracle } from '@adiabit/sdk/model';
import { modelOf, randomVectors } from './sim-models.js';

export interface FirstResult {
  readonly compileSeconds: number;
  /** Most memory that the process had while it compiled. */
  readonly compileBytes: number;
  /** From the compiled circuit to outputs that were compared with the model. */
  readonly readySeconds: number;
  /** Once warm, inputs and outputs included. */
  readonly vectorsPerSecond: number;
}

const [, , shape, form] = process.argv;
const widths = shape.split('-').map(Number);
const model = await modelOf(widths);
const vectors = randomVectors(widths[0], 512);
/** Of the main thread and its helpers: other work on the machine does not count. */
const seconds = (): number => process.cpuUsage().user / 1e6;

const start = seconds();
const { circuit } = compile(model, { form: form as Form });
const compileSeconds = seconds() - start;
const compileBytes = process.resourceUsage().maxRSS * 1024;

const built = seconds();
const checked = vectors.slice(0, 8);
const narrow = new CompiledEngine(circuit.netlist, vectorsForInputs(checked.length, circuit.timing));
const run = await runInferences(circuit, narrow, checked);
const oracle = createOracle(model);
checked.forEach((vector, index) => {
  const { outputs } = oracle(vector);
  if (!outputs.every((output, at) => output === run.outputs[index * run.outputCount + at]))
    throw new Error(`Vector ${index} differs from the model.`);
});
const readySeconds = seconds() - built;

/** So many that filling the pipeline is a small part of it. */
const many = Array.from({ length: 256 }, () => vectors).flat();
const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(many.length, circuit.timing));
await runInferences(circuit, engine, many);
const warm = seconds();
await runInferences(circuit, engine, many);
const vectorsPerSecond = many.length / (seconds() - warm);
const result: FirstResult = { compileSeconds, compileBytes, readySeconds, vectorsPerSecond };
process.stdout.write(JSON.stringify(result));
