import type { Bitstream } from '@adiabit/simulator/bitstream';
import { within, type Steps } from '@adiabit/simulator/circuit';
import { CompileError } from '@adiabit/simulator/errors';
import { netlistStats, printNetlist, type Netlist } from '@adiabit/simulator/netlist';
import { Random } from '@adiabit/simulator/random';
import { bitstreamInSteps } from '../compile/compile-bitstream.js';
import { checkedCircuitInSteps, reportOf, type CompileReport } from '../compile/compile.js';
import type { BuiltCircuit, CircuitFormChoice, CircuitGoals } from '../compile/circuit-of.js';
import { estimateInSteps, type Estimate } from '../compile/estimate.js';
import { checkFits } from '../compile/fits.js';
import { operationsOf, type Operations } from '../compile/operations.js';
import { TARGETS, type Target, type TargetName } from '../compile/targets.js';
import { writeTogether } from '../files.js';
import type { HardComparison } from '../model/comparison.js';
import type { BinarizedModel } from '../model/model.js';
import { count } from '../text/format.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { readyBoards } from '../boards/index.js';
import { build } from './build.js';
import { checkBoard, type BoardGoals } from './board-table.js';
import { loadDataFor, type DataSource, type Described } from './data.js';
import { linesWhileWanted, throwIfCancelled, type Following } from './observer.js';

export interface CompileToFileOptions extends Following, BoardGoals {
  /** A .model.json file. */
  readonly modelFile: string;
  /** The file for the bitstream. */
  readonly output: string;
  /** The file for the netlist as text. If absent, none is written. */
  readonly netlistFile?: string | undefined;
  /** The form of the circuit (`auto`). The bitstream is the same in all forms. */
  readonly form?: CircuitFormChoice;
  readonly goals?: CircuitGoals;
  /** How many golden vectors the bitstream carries (4), or their inputs as the circuit takes them. */
  readonly golden?: number | readonly Uint8Array[];
  /** Its first test examples are golden inputs. If absent, they are random. */
  readonly data?: DataSource;
  /** The seed of random golden inputs (1). */
  readonly seed?: number;
}

export interface CompiledFile {
  readonly model: BinarizedModel;
  /** If absent, nothing tells how the model stands to the hard network. */
  readonly comparison: HardComparison | undefined;
  readonly bitstream: Bitstream;
  readonly bytes: Uint8Array;
  readonly built: BuiltCircuit;
  readonly report: CompileReport;
  /** What the circuit takes of a chip: of a folded one always, of others if there is a target. */
  readonly estimate: Estimate | undefined;
  /** What one inference computes. */
  readonly operations: Operations;
}

/** Says what a model's examples are. */
export const describedByModel = ({ name, trainedOn, input }: BinarizedModel): Described => ({
  name,
  trainedOn,
  count: input.count,
});

/**
 * Compiles the model of a file to a bitstream file, and builds and checks the circuit that it describes.
 * @throws CompileError, before anything is written, when a board, a chip or a limit has no room; ModelError, DataError
 * and FormatError as `loadModelFile`, `loadData` and `compile` do; CancelledError
 */
export async function compileToFile(options: CompileToFileOptions): Promise<CompiledFile> {
  const { modelFile, output, netlistFile, observer, signal } = options;
  const { loadModelFile } = await import('../model/model-file.js');
  const { model, comparison } = await loadModelFile(modelFile);
  const goldenInputs = await goldenInputsFor(model, options);
  throwIfCancelled(signal);
  observer?.onStage?.('compile');
  const compiled = await build(compileInSteps(model, goldenInputs, options), options);
  const lines = linesWhileWanted(printNetlist(compiled.built.circuit.netlist), signal);
  await writeTogether([
    [output, compiled.bytes],
    ...(netlistFile === undefined ? [] : [[netlistFile, { lines }] as const]),
  ]);
  return { model, comparison, ...compiled, operations: operationsOf(compiled.bitstream.network) };
}

type InMemory = Pick<CompiledFile, 'bitstream' | 'bytes' | 'built' | 'report' | 'estimate'>;

function* compileInSteps(
  model: BinarizedModel,
  goldenInputs: readonly Uint8Array[],
  options: CompileToFileOptions,
): Steps<InMemory> {
  const { form = 'auto', goals = {} } = options;
  const { bitstream, bytes, report } = yield* within(0, 0.1, bitstreamInSteps(model, { goldenInputs }));
  checkBoard(bitstream, bytes.length, options);
  const { built, estimate } = yield* within(0.1, 1, sizedCircuitInSteps(bitstream, form, goals));
  return { bitstream, bytes, built, report: { ...report, ...reportOf(built) }, estimate };
}

/** Builds and checks a circuit, and estimates what it takes of its chip. @throws CompileError as `circuitOf` and `checkFits` do */
export function* sizedCircuitInSteps(
  bitstream: Bitstream,
  form: CircuitFormChoice,
  goals: CircuitGoals,
): Steps<Pick<CompiledFile, 'built' | 'estimate'>> {
  const isBuilt = goals.target === undefined ? 1 : 0.3;
  const built = yield* within(0, isBuilt, checkedCircuitInSteps(bitstream, form, goals));
  return { built, estimate: yield* within(isBuilt, 1, sizeOf(built, goals.target)) };
}

function* sizeOf(built: BuiltCircuit, target: TargetName | undefined): Steps<Estimate | undefined> {
  if (built.form === 'folded') return built.estimate;
  return target && (yield* estimateFor(TARGETS[target], built.circuit.netlist));
}

/**
 * Estimates what an unrolled circuit takes of a chip.
 * @throws CompileError `compile.budget-exceeded` for an unrolled circuit that its chip cannot hold
 */
function* estimateFor(target: Target, netlist: Netlist): Steps<Estimate> {
  const size = yield* estimateInSteps(netlist, target.lutInputs);
  const { configurationBits } = netlistStats(netlist);
  // Configuration bits are registers of the scan chain.
  const all = { ...size, registers: size.registers + configurationBits };
  const hint = 'Folded it takes as little as it must.';
  checkFits(all, target, target.title, { memory: hint, logic: hint, options: ['form=folded'] });
  return all;
}

/**
 * Returns the inputs given, the first test examples of the data, or random inputs.
 * @throws CompileError as {@link checkGoldenVectors}
 */
async function goldenInputsFor(model: BinarizedModel, options: CompileToFileOptions): Promise<readonly Uint8Array[]> {
  const { input } = model;
  const { data, golden = 4, seed = 1 } = options;
  if (typeof golden === 'object') return golden;
  if (data !== undefined) {
    const { test } = await loadDataFor(describedByModel(model), data, options);
    const examples = exampleVectors(test, golden);
    checkGoldenVectors(examples.length, input, options);
    return examples;
  }
  checkGoldenVectors(golden, input, options);
  const random = Random.fromSeed(seed);
  return Array.from({ length: golden }, () =>
    Uint8Array.from({ length: input.count }, () => random.below(2 ** input.bits)),
  );
}

/**
 * Checks golden vectors. They are for a device to test itself with: they alone may not take more than a device has for
 * the whole bitstream.
 * @throws CompileError `compile.budget-exceeded`
 */
function checkGoldenVectors(
  vectors: number,
  { count: values, bits }: { readonly count: number; readonly bits: number },
  { flashBytes = 0, boards }: BoardGoals,
): void {
  const have = Math.max(flashBytes, ...readyBoards(boards).map(({ slotBytes }) => slotBytes));
  const need = vectors * Math.ceil((values * bits) / 8);
  if (need <= have) return;
  const message =
    `${count(vectors)} golden vectors take ${count(need)} bytes and more, but no board has more than ${count(have)} for the ` +
    'whole bitstream. Ask for fewer, or say how many bytes of flash yours has.';
  throw new CompileError('budget-exceeded', message, { need, have, options: ['golden', 'flashBytes'] });
}
