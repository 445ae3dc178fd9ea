import { readFile } from 'node:fs/promises';
import { AdiabitError, DataError } from '../errors.js';
import type { CircuitPorts } from '../circuit/circuit.js';
import { firstDifference } from './difference.js';
import { readGolden, writeGolden, type GoldenFile } from './golden-file.js';
import { subjectOf, type FormOptions, type Subject, type TestedSubject } from './subject.js';
import { inputVectors } from './vectors.js';

/** The result of a matcher, as `expect.extend` of vitest and jest takes it. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

export interface GoldenOptions extends FormOptions {
  /** The inputs for a new file. If absent, `vectors` inputs are drawn. */
  readonly inputs?: readonly Uint8Array[];
  /** The number of inputs to draw (64). If an input has 12 bits or fewer, all inputs are used. */
  readonly vectors?: number;
  /** The seed of drawn inputs (1). */
  readonly seed?: number;
}

/** The options of an equivalence test. The form applies to subjects that are bytes, on both sides. */
export interface EquivalenceOptions extends FormOptions {
  /** The inputs to compare. If absent, `vectors` inputs are drawn. */
  readonly inputs?: readonly Uint8Array[];
  /**
   * The number of inputs to draw (1,024, or 128 if a circuit is folded). If an input has 12 bits or fewer, all inputs
   * are used.
   */
  readonly vectors?: number;
  /** The seed of drawn inputs (1). */
  readonly seed?: number;
}

/** The most cycles that a circuit may take. A limit that is absent is not checked. */
export interface LatencyBudget {
  /** The cycles from start to the outputs. */
  readonly latency?: number;
  /** The cycles from one inference to the next. */
  readonly initiationInterval?: number;
}

/** The environment variable that, set to 1, makes golden files be rewritten. */
export const UPDATE_VARIABLE = 'ADIABIT_UPDATE_GOLDEN';

export const circuitMatchers = {
  /**
   * Checks that the circuit gives the outputs of the golden file for its inputs. A missing file is written, except in
   * CI. `ADIABIT_UPDATE_GOLDEN=1` rewrites it, with the same inputs.
   */
  async toMatchGolden(received: unknown, path: string, options: GoldenOptions = {}): Promise<MatcherResult> {
    const subject = await subjectOf(received, options);
    const { name, ports, widths, bitstreamDigest } = subject;
    const golden = await readGolden(path);
    const isUpdate = process.env[UPDATE_VARIABLE] === '1';
    if (golden === undefined && !isUpdate && isCi()) {
      return failed(`${path} is missing. Run the test once where CI is not set, and commit the file.`);
    }
    const { vectors = 64, seed = 1 } = options;
    const inputs =
      options.inputs ?? golden?.vectors.map(({ input }) => input) ?? inputVectors({ shape: ports }, vectors, seed);
    const outputs = await subject.outputs(inputs);
    const strange = besideOracle(subject, inputs, outputs);
    if (strange !== undefined) return failed(strange);
    if (golden === undefined || isUpdate) {
      const drawn = options.inputs === undefined ? { seed: golden?.made.seed ?? seed } : {};
      const digest = bitstreamDigest === undefined ? {} : { bitstream: bitstreamDigest };
      const made = { by: await tool(), shape: widths, ...digest, ...drawn };
      await writeGolden(path, { made, vectors: inputs.map((input, index) => ({ input, outputs: outputs[index] })) });
      return passed(`${name} not to match ${path}, which was just written from it`);
    }
    const kept = keptFor(golden, inputs);
    if (kept === undefined) {
      return failed(`${path} holds other inputs than the test gives. ${UPDATE_VARIABLE}=1 writes it anew.`);
    }
    const difference = firstDifference(kept, outputs, inputs);
    if (difference === undefined) return passed(`${name} not to match ${path}`);
    return failed(`${name} does not match ${path}. ${difference}\n${provenance(golden, bitstreamDigest)}`);
  },

  /** Checks that two circuits give the same outputs for the same inputs. Their latencies may differ. */
  async toBeEquivalentTo(received: unknown, other: Subject, options: EquivalenceOptions = {}): Promise<MatcherResult> {
    const [one, two] = await Promise.all([subjectOf(received, options), subjectOf(other, options)]);
    const isLong = [one, two].some(({ circuit }) => circuit.timing.valuesPerCycle !== undefined);
    const { inputs, vectors = isLong ? 128 : 1024, seed = 1 } = options;
    const [shape, otherShape] = [inWords(one.ports), inWords(two.ports)];
    if (shape !== otherShape) return failed(`${one.name} takes and gives ${shape}, ${two.name} ${otherShape}.`);
    const tried = inputs ?? inputVectors({ shape: one.ports }, vectors, seed);
    const [outputs, expected] = [await one.outputs(tried), await two.outputs(tried)];
    const strange = besideOracle(one, tried, outputs) ?? besideOracle(two, tried, expected);
    if (strange !== undefined) return failed(strange);
    const difference = firstDifference(expected, outputs, tried);
    return difference === undefined
      ? passed(`${one.name} to differ from ${two.name} on one of ${tried.length} vectors`)
      : failed(`${one.name} is not equivalent to ${two.name}. ${difference}`);
  },

  /** Checks that the circuit answers within the budget. Its latency is measured, cycle by cycle. */
  async toMeetLatency(received: unknown, budget: LatencyBudget, form: FormOptions = {}): Promise<MatcherResult> {
    const { circuit, name, ports, outputs, hasChosenFolding } = await subjectOf(received, form);
    if (hasChosenFolding) {
      throw new DataError(
        'bad-value',
        `${name} has layers that only a folded circuit has: how many cycles they take is a matter of their folding. Say which ({ folding }), or pass the ` +
          "folded circuit, circuitOf(bitstream, 'folded', goals).circuit of @adiabit/sdk.",
      );
    }
    const { latency, initiationInterval } = circuit.timing;
    try {
      await outputs(inputVectors({ shape: ports }, 4, 1));
    } catch (error) {
      if (error instanceof AdiabitError && error.code === 'circuit.latency') return failed(`${name}: ${error.message}`);
      throw error;
    }
    const { latency: most = latency, initiationInterval: mostInterval = initiationInterval } = budget;
    const found = `${name} has a latency of ${latency} cycles and takes an inference every ${initiationInterval}`;
    const asked = `; asked for at most ${most} and ${mostInterval}.`;
    const pass = latency <= most && initiationInterval <= mostInterval;
    return { pass, message: () => found + asked };
  },
};

/** Describes where a circuit differs from the integer oracle of its network; undefined if it does not. */
function besideOracle(
  { name, oracle }: TestedSubject,
  inputs: readonly Uint8Array[],
  outputs: readonly Int32Array[],
): string | undefined {
  const difference = oracle && firstDifference(oracle(inputs), outputs, inputs);
  return difference && `The circuit of ${name} is not its integer oracle. ${difference}`;
}

/** Gives the file's outputs for these inputs, which must be the file's own. */
function keptFor({ vectors }: GoldenFile, inputs: readonly Uint8Array[]): readonly Int32Array[] | undefined {
  const isSame =
    vectors.length === inputs.length &&
    vectors.every(({ input }, index) => Buffer.from(input).equals(Buffer.from(inputs[index])));
  return isSame ? vectors.map(({ outputs }) => outputs) : undefined;
}

function provenance({ made }: GoldenFile, digest: string | undefined): string {
  const from = made.bitstream === undefined ? '' : ` from the bitstream ${made.bitstream.slice(0, 16)}`;
  const now = digest === undefined ? '' : `; this one is ${digest.slice(0, 16)}`;
  return `The file was made by ${made.by}${from}${now}. If the change is meant, ${UPDATE_VARIABLE}=1 writes it anew.`;
}

const inWords = ({ inputCount, inputBits, outputCount }: CircuitPorts): string =>
  `${inputCount} inputs of ${inputBits} bits and ${outputCount} outputs`;

async function tool(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return `@adiabit/simulator ${version}`;
}

const isCi = (): boolean => !['', 'false', '0', undefined].includes(process.env['CI']);

const failed = (message: string): MatcherResult => ({ pass: false, message: () => message });
const passed = (expected: string): MatcherResult => ({ pass: true, message: () => `Expected ${expected}.` });
