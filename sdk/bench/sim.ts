/**
 * How fast circuits are simulated, beside Verilator on the same cells and on a behavioural model, and how long it takes until
 * the first checked result, from a circuit and from a model. All speeds are per second of processor time, one thread, in
 * turns in one run; both sides have their inputs packed beforehand, and both are checked on every vector first.
 *
 *     npm run bench:sim -- [--quick] [--only TEXT] [--json FILE]
 *
 * Verilator builds the cells of 784-128-10 in 20 minutes and more; with --quick both sides take 784-16-10 in its place.
 * What was built is kept in out/bench.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CompiledEngine,
  PORT,
  countsOf,
  runInferences,
  sliceIntoLanes,
  type Circuit,
  type InferenceRun,
} from '@adiabit/simulator';
import { openCrew } from '@adiabit/simulator/threads';
import { compile, createOracle, type BinarizedModel, type Form } from '@adiabit/sdk';
import { benchFlags, compare, printRows, writeRows, type Row } from './rows.js';
import { inferences } from './sim-inferences.js';
import { benchFolder, shapeName, testVectors, trainedModel } from './sim-models.js';
import { behavioural, buildVerilator, gateLevel, packVectors, verilatorSpeed } from './verilator.js';
import type { FirstResult } from './sim-first.js';
import type { WholeInference } from './sim-vgg-small.js';

const flags = benchFlags();
const rounds = flags.quick ? 3 : 5;
const SECONDS = flags.quick ? 1 : 3;
const WHOLE = [784, 128, 10];
const SMALL = [784, 16, 10];
const LARGE = [784, 1024, 1024, 10];
const CHECKED = 2048;

const rows: Row[] = [];
const add = (row: Row): void => {
  rows.push(row);
  printRows([row]);
};
const wanted = (id: string): boolean => id.includes(flags.only);
const processorSeconds = (): number => process.cpuUsage().user / 1e6;

/** Vectors per second of processor time on one thread, a group of lanes a cycle, inputs packed. */
function engineSpeed({ circuit, engine, group }: Prepared): number {
  const start = processorSeconds();
  let done = 0;
  do {
    engine.setInput(PORT.start, group.start);
    engine.setInput(PORT.input, group.input);
    engine.evaluate();
    engine.getOutput(PORT.class);
    engine.clock();
    done += engine.lanes;
  } while (processorSeconds() - start < SECONDS);
  return done / circuit.timing.initiationInterval / (processorSeconds() - start);
}

interface Prepared {
  readonly circuit: Circuit;
  readonly engine: CompiledEngine;
  readonly group: { readonly start: Uint32Array; readonly input: Uint32Array };
}

/** An engine whose every output was compared with the model on the vectors that Verilator is checked with. */
async function prepare(model: BinarizedModel, circuit: Circuit, vectors: readonly Uint8Array[]): Promise<Prepared> {
  const engine = new CompiledEngine(circuit.netlist);
  const run = await runInferences(circuit, engine, vectors);
  const oracle = createOracle(model);
  vectors.forEach((input, index) => {
    const { outputs } = oracle(input);
    const from = index * run.outputCount;
    if (!outputs.every((output, at) => output === run.outputs[from + at])) throw new Error(`Vector ${index} differs.`);
  });
  const [input] = sliceIntoLanes(vectors.slice(0, engine.lanes), 1, engine.wordsPerNet);
  return { circuit, engine, group: { start: new Uint32Array(engine.wordsPerNet).fill(0xffffffff), input } };
}

async function againstVerilator(
  id: string,
  widths: readonly number[],
  form: Form,
  isBehavioural: boolean,
): Promise<void> {
  if (!wanted(id)) return;
  const model = await trainedModel(widths);
  const { circuit, bitstream } = compile(model, { form });
  const name = `${isBehavioural ? 'behavioural' : form}-${shapeName(widths)}`;
  const executable = buildVerilator(
    isBehavioural ? behavioural(name, countsOf(bitstream.network)) : gateLevel(name, circuit),
  );
  const vectors = (await testVectors()).slice(0, CHECKED);
  const prepared = await prepare(model, circuit, vectors);
  const { classes } = await runInferences(circuit, prepared.engine, vectors);
  const folder = benchFolder('vectors');
  const file = (kind: string, bytes: Uint8Array): string => {
    writeFileSync(`${folder}${name}.${kind}`, bytes);
    return `${folder}${name}.${kind}`;
  };
  const { words } = circuit.configuration;
  const verilator = {
    executable,
    inputsFile: file('inputs', packVectors(vectors)),
    classesFile: file('classes', Uint8Array.from(classes)),
    configurationFile: file('cfg', new Uint8Array(words.buffer, words.byteOffset, words.byteLength)),
  };
  engineSpeed(prepared);
  const { value, ratio } = await compare(
    rounds,
    () => Promise.resolve(engineSpeed(prepared)),
    () => Promise.resolve(verilatorSpeed(verilator, SECONDS)),
  );
  const level = isBehavioural ? 'behavioural Verilator ($countones)' : 'gate-level Verilator';
  add({ id, value, unit: 'vectors/s', against: `${level}, both ${shapeName(widths)}`, ratio });
}

/**
 * Wall-clock time, because that is what threads are for: needs as many idle cores as there are threads. Beside what a user has
 * without workers, and beside a single worker, to which the main thread hands inputs just as well.
 */
async function threads(): Promise<void> {
  const id = 'sim.784-128-10.specialised.workers2';
  if (!wanted(id)) return;
  const { circuit } = compile(await trainedModel(WHOLE), { form: 'specialised' });
  const some = await testVectors();
  const vectors = Array.from({ length: flags.quick ? 10 : 40 }, () => some).flat();
  const engine = new CompiledEngine(circuit.netlist);
  const [one, two] = [await openCrew(circuit, 1), await openCrew(circuit, 2)];
  const speed = async (run: () => Promise<InferenceRun>): Promise<number> => {
    const start = performance.now();
    const { count } = await run();
    return count / ((performance.now() - start) / 1000);
  };
  const runs = {
    alone: () => speed(() => runInferences(circuit, engine, vectors)),
    one: () => speed(() => one.run(vectors)),
    two: () => speed(() => two.run(vectors)),
  };
  try {
    for (const run of Object.values(runs)) await run();
    const besideNone = await compare(rounds, runs.two, runs.alone);
    add({
      id,
      value: besideNone.value,
      unit: 'inferences/s',
      against: 'one thread, no workers',
      ratio: besideNone.ratio,
    });
    const besideOne = await compare(rounds, runs.two, runs.one);
    const against = 'one worker';
    add({ id: `${id}.one`, value: besideOne.value, unit: 'inferences/s', against, ratio: besideOne.ratio });
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

/** A script in a process of its own, as a user has it: nothing is warm. */
function alone(file: string, ...parameters: readonly string[]): unknown {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...parameters], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${file} ${parameters.join(' ')}: ${stderr}`);
  }
}

const MEBIBYTE = 1 << 20;
const ALONE = { against: '', ratio: null };

function readyAndCompile(widths: readonly number[]): void {
  const name = shapeName(widths);
  const ids = [`sim.${name}.ready`, `sim.${name}.speed`, `compile.${name}`];
  if (!ids.some(wanted)) return;
  for (const form of ['configurable', 'specialised'] as const) {
    const result = alone('sim-first.ts', name, form) as FirstResult;
    const suffix = form === 'configurable' ? '' : '.specialised';
    add({ id: `${ids[0]}${suffix}`, value: result.readySeconds, unit: 's', ...ALONE });
    add({ id: `${ids[1]}${suffix}`, value: result.vectorsPerSecond, unit: 'vectors/s', ...ALONE });
    add({ id: `${ids[2]}${suffix}`, value: result.compileSeconds, unit: 's', ...ALONE });
    add({ id: `${ids[2]}${suffix}.memory`, value: result.compileBytes / MEBIBYTE, unit: 'MiB at most', ...ALONE });
  }
}

function wholeInference(): void {
  const id = 'sim.vgg-small.folded';
  if (!wanted(id)) return;
  const result = alone('sim-vgg-small.ts') as WholeInference;
  add({ id: `${id}.compile`, value: result.compileSeconds, unit: 's', ...ALONE });
  add({ id: `${id}.inference`, value: result.simulateSeconds, unit: 's', ...ALONE });
  add({ id: `${id}.latency`, value: result.latencyCycles, unit: 'cycles', ...ALONE });
  add({ id: `${id}.luts`, value: result.luts, unit: '4-input tables', ...ALONE });
  add({ id: `${id}.memory`, value: result.memoryBits, unit: 'bits', ...ALONE });
}

readyAndCompile(WHOLE);
if (!flags.quick || flags.only !== '') readyAndCompile(LARGE);
await againstVerilator('sim.784-128-10.specialised.verilator-behavioural', WHOLE, 'specialised', true);
await againstVerilator('sim.784-128-10.specialised.verilator-gate', flags.quick ? SMALL : WHOLE, 'specialised', false);
await againstVerilator(
  'sim.784-128-10.configurable.verilator-gate',
  flags.quick ? SMALL : WHOLE,
  'configurable',
  false,
);
await inferences({ isQuick: flags.quick, wanted, add });
await threads();
if (!flags.quick || flags.only !== '') wholeInference();
writeRows(rows, flags);
