import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompiledEngine, runInferences, sliceIntoLanes } from '@adiabit/simulator/engines';
import { PORT, type Circuit } from '@adiabit/simulator/circuit';
import { countsOf } from '@adiabit/simulator/network';
import { compile, type Form } from '@adiabit/sdk/compile';
import { createOracle, type BinarizedModel } from '@adiabit/sdk/model';
import { compare, type Row } from './rows.js';
import { benchFolder, shapeName, testVectors, trainedModel } from './sim-models.js';
import { behavioural, buildVerilator, gateLevel, packVectors, verilatorSpeed, type Pace } from './verilator.js';

/** What both sides simulate. */
export interface Comparison {
  readonly widths: readonly number[];
  /** Of our circuit. */
  readonly form: Form;
  /** What Verilator gets: the same cells, or the network as one would write it by hand. */
  readonly level: 'behavioural' | 'gate-level';
}

/** Inputs on which both sides are checked, and which Verilator is timed with. */
const CHECKED = 2048;

/** An engine whose outputs were compared with the model's, and the inputs that it is timed with. */
interface Prepared {
  readonly circuit: Circuit;
  readonly engine: CompiledEngine;
  readonly start: Uint32Array;
  readonly input: Uint32Array;
}

async function prepare(
  model: BinarizedModel,
  circuit: Circuit,
  engine: CompiledEngine,
  vectors: readonly Uint8Array[],
): Promise<Prepared & { readonly classes: Uint16Array }> {
  const { outputs, outputCount, classes } = await runInferences(circuit, engine, vectors);
  const oracle = createOracle(model);
  vectors.forEach((vector, index) => {
    const from = index * outputCount;
    if (!oracle(vector).outputs.every((output, at) => output === outputs[from + at]))
      throw new Error(`Vector ${index} differs from the model.`);
  });
  const [input] = sliceIntoLanes(vectors.slice(0, engine.lanes), 1, engine.wordsPerNet);
  return { circuit, engine, start: new Uint32Array(engine.wordsPerNet).fill(0xffffffff), input, classes };
}

/** Clock cycles per second of processor time on one thread; in each the inputs are set and the class is read. */
function cyclesPerSecond({ engine, start, input }: Prepared, seconds: number): number {
  const processorSeconds = (): number => process.cpuUsage().user / 1e6;
  const begin = processorSeconds();
  let cycles = 0;
  do {
    engine.setInput(PORT.start, start);
    engine.setInput(PORT.input, input);
    engine.evaluate();
    engine.getOutput(PORT.class);
    engine.clock();
    cycles++;
  } while (processorSeconds() - begin < seconds);
  return cycles / (processorSeconds() - begin);
}

/**
 * Rows beside Verilator, which has one stimulus, where an engine has many lanes: a vector in every lane; a single stream of
 * vectors, for which the narrowest engine is best; and one inference alone, whose class is awaited before the next begins.
 */
export async function againstVerilator(
  id: string,
  { widths, form, level }: Comparison,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Row[]> {
  const model = await trainedModel(widths);
  const { circuit, bitstream } = compile(model, { form });
  const { latency, initiationInterval } = circuit.timing;
  if (initiationInterval !== 1) throw new Error(`${id} takes ${initiationInterval} cycles per vector, not one.`);
  const name = `${level === 'behavioural' ? level : form}-${shapeName(widths)}`;
  const executable = buildVerilator(
    level === 'behavioural' ? behavioural(name, countsOf(bitstream.network)) : gateLevel(name, circuit),
  );
  const vectors = (await testVectors()).slice(0, CHECKED);
  const wide = await prepare(model, circuit, new CompiledEngine(circuit.netlist), vectors);
  const narrow = await prepare(model, circuit, new CompiledEngine(circuit.netlist, 1), vectors);
  const file = (kind: string, bytes: Uint8Array): string => {
    const path = join(benchFolder('vectors'), `${name}.${kind}`);
    writeFileSync(path, bytes);
    return path;
  };
  const { words } = circuit.configuration;
  const verilator = {
    executable,
    inputsFile: file('inputs', packVectors(vectors)),
    classesFile: file('classes', Uint8Array.from(wide.classes)),
    configurationFile: file('cfg', new Uint8Array(words.buffer, words.byteOffset, words.byteLength)),
  };
  const against = `${level} Verilator${level === 'behavioural' ? ' ($countones)' : ''}, both ${shapeName(widths)}`;
  const beside = async (suffix: string, unit: string, pace: Pace, ours: () => number): Promise<Row> => {
    ours();
    const { value, ratio } = await compare(
      rounds,
      () => Promise.resolve(ours()),
      () => Promise.resolve(verilatorSpeed(verilator, pace, seconds)),
    );
    return { id: `${id}${suffix}`, value, unit, against, ratio };
  };
  const { lanes } = wide.engine;
  return [
    await beside('', `vectors/s, ${lanes} at once`, 'stream', () => lanes * cyclesPerSecond(wide, seconds)),
    await beside('.one-stream', 'vectors/s, one stream', 'stream', () => cyclesPerSecond(narrow, seconds)),
    // The class stands once the cycle `latency` after the first has settled.
    await beside('.alone', 'inferences/s, each alone', 'alone', () => cyclesPerSecond(narrow, seconds) / (latency + 1)),
  ];
}
