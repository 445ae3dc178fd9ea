/**
 * How fast circuits are simulated, beside Verilator on the same cells and on a behavioural model, and how long it takes until
 * the first checked result, from a circuit and from a model. All speeds are per second of processor time, one thread, in
 * turns in one run; both sides have their inputs packed beforehand, and both are checked on every vector first.
 *
 *     npm run bench:sim -- [--quick] [--only TEXT] [--json FILE]
 *
 * Which Verilator: that of the PATH, or VERILATOR=.../verilator; CXX=... names another compiler than g++. It builds the cells
 * of 784-128-10 in 20 minutes and more; with --quick both sides take 784-16-10 in its place. What was trained and built is
 * kept in out/bench, or in BENCH_FOLDER.
 */
import { CompiledEngine, runInferences, type InferenceRun } from '@adiabit/simulator/engines';
import { openSimulationPool } from '@adiabit/simulator/workers';
import { compile } from '@adiabit/sdk/compile';
import { jsonOf } from './child.js';
import { benchFlags, compare, printRows, writeRows, type Row } from './rows.js';
import { inferences } from './sim-inferences.js';
import { modelOf, shapeName, testVectors, trainedModel } from './sim-models.js';
import { againstVerilator, type Comparison } from './sim-verilator.js';
import { verilatorVersion } from './verilator.js';
import type { FirstResult } from './sim-first.js';
import type { WholeInference } from './sim-vgg-small.js';

const flags = benchFlags();
const rounds = flags.quick ? 3 : 5;
const SECONDS = flags.quick ? 1 : 3;
const WHOLE = [784, 128, 10];
const SMALL = [784, 16, 10];
const LARGE = [784, 1024, 1024, 10];

const rows: Row[] = [];
const add = (row: Row): void => {
  rows.push(row);
  printRows([row]);
};
const wanted = (id: string): boolean => id.includes(flags.only);

async function besideVerilator(id: string, comparison: Comparison): Promise<void> {
  if (!wanted(id)) return;
  const version = verilatorVersion();
  process.stderr.write(`${version ?? `${id}: no Verilator on the PATH, nor by VERILATOR=...`}\n`);
  if (version === undefined) return;
  (await againstVerilator(id, comparison, { rounds, seconds: SECONDS })).forEach(add);
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
  const [one, two] = [await openSimulationPool(circuit, 1), await openSimulationPool(circuit, 2)];
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

const MEBIBYTE = 1 << 20;
const ALONE = { against: '', ratio: null };

async function readyAndCompile(widths: readonly number[]): Promise<void> {
  const name = shapeName(widths);
  const ids = [`sim.${name}.ready`, `sim.${name}.speed`, `compile.${name}`];
  if (!ids.some(wanted)) return;
  // A process that trained before has used more memory than compiling takes.
  await modelOf(widths);
  for (const form of ['configurable', 'specialised'] as const) {
    const result = jsonOf('sim-first.ts', name, form) as FirstResult;
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
  const result = jsonOf('sim-vgg-small.ts') as WholeInference;
  add({ id: `${id}.compile`, value: result.compileSeconds, unit: 's', ...ALONE });
  add({ id: `${id}.inference`, value: result.simulateSeconds, unit: 's', ...ALONE });
  add({ id: `${id}.latency`, value: result.latencyCycles, unit: 'cycles', ...ALONE });
  add({ id: `${id}.luts`, value: result.luts, unit: '4-input tables', ...ALONE });
  add({ id: `${id}.memory`, value: result.memoryBits, unit: 'bits', ...ALONE });
}

await readyAndCompile(WHOLE);
if (!flags.quick || flags.only !== '') await readyAndCompile(LARGE);
await besideVerilator('sim.784-128-10.specialised.verilator-behavioural', {
  widths: WHOLE,
  form: 'specialised',
  level: 'behavioural',
});
for (const form of ['specialised', 'configurable'] as const) {
  const widths = flags.quick ? SMALL : WHOLE;
  await besideVerilator(`sim.784-128-10.${form}.verilator-gate`, { widths, form, level: 'gate-level' });
}
await threads();
await inferences({ isQuick: flags.quick, wanted, add });
if (!flags.quick || flags.only !== '') wholeInference();
writeRows(rows, flags);
