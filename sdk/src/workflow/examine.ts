/** What is asked of a circuit besides its answers: coverage, faults, differences, explanations. */
import {
  diffCircuits,
  faultSites,
  toggleCoverage,
  tryUpsets,
  type CircuitDifference,
  type FaultKind,
  type FaultTrial,
  type ToggleCoverage,
} from '@adiabit/simulator/analysis';
import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import type { Machine } from '@adiabit/simulator/circuit';
import type { BuiltCircuit, CircuitFormChoice, CircuitGoals } from '../compile/circuit-of.js';
import type { Explanation } from '../explain/explain.js';
import { readBytes } from '../files.js';
import type { Witness } from '../report/summary.js';
import { buildCircuit } from './build.js';
import { testExamples, vectorsFor, type ExampleSource, type VectorSource } from './examples.js';
import type { Following } from './observer.js';
import { compareWithOracle } from './parity.js';
import { inferencesInReach } from './reach.js';
import { compareOutputs, oracleOutputs } from './witness.js';

/** A circuit, by its bitstream file and how it is built. */
export interface CircuitSource extends Following {
  /** A .abit file. */
  readonly bitstream: string;
  /** The form of the circuit (`auto`). */
  readonly form?: CircuitFormChoice;
  readonly goals?: CircuitGoals;
}

interface OpenCircuit {
  readonly bitstream: Bitstream;
  readonly built: BuiltCircuit;
}

async function openCircuit(file: string, source: CircuitSource): Promise<OpenCircuit> {
  const bitstream = decodeBitstream(await readBytes(file));
  return { bitstream, built: await buildCircuit(bitstream, source.form, source.goals, source) };
}

/** Number of inputs. If absent, 1,000, or of a large folded circuit as many as half a minute simulates. */
type Vectors = Omit<VectorSource, 'vectors'> & { readonly vectors?: number | undefined };

const vectorsOf = ({ bitstream, built }: OpenCircuit, source: Vectors & Following): Promise<readonly Uint8Array[]> => {
  const { vectors = Math.min(1000, inferencesInReach(built.circuit)) } = source;
  return vectorsFor(bitstream, { ...source, vectors }, source);
};

export interface Coverage extends ToggleCoverage {
  /** The circuit beside the integer oracle, on the same inputs. */
  readonly witness: Witness;
}

/** Counts the nets that a set of inputs moves. @throws as `circuitOf` and `vectorsFor` do; CancelledError */
export async function coverage(options: CircuitSource & Vectors): Promise<Coverage> {
  const { observer, signal } = options;
  const opened = await openCircuit(options.bitstream, options);
  const inputs = await vectorsOf(opened, options);
  const { circuit } = opened.built;
  const covered = await toggleCoverage(circuit, inputs, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'cover', done, total }),
  });
  return { ...covered, witness: await compareWithOracle(circuit, opened.bitstream.network, inputs, options) };
}

export interface Difference extends CircuitDifference {
  /** Inputs on which the integer oracles of both differ: as many as the circuits do. */
  readonly oraclesDiffer: number;
}

/**
 * Compares the circuits of two bitstreams, down to the first cell that differs.
 * @throws as `diffCircuits` does; CancelledError
 */
export async function diff(options: CircuitSource & Vectors & { readonly other: string }): Promise<Difference> {
  const { observer, signal } = options;
  const [left, right] = [await openCircuit(options.bitstream, options), await openCircuit(options.other, options)];
  const inputs = await vectorsOf(left, options);
  const difference = await diffCircuits(left.built.circuit, right.built.circuit, inputs, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'compare', done, total }),
  });
  const expected = await oracleOutputs(left.bitstream.network, inputs, signal);
  const others = await oracleOutputs(right.bitstream.network, inputs, signal);
  return { ...difference, oraclesDiffer: compareOutputs('one', 'the other', expected, others).mismatches };
}

export interface FaultsOptions extends CircuitSource, ExampleSource {
  readonly kind: FaultKind;
  /** How many faults, each tried. If absent, 0 and powers of ten or two. */
  readonly flips?: readonly number[] | undefined;
  /** Trials of each number. */
  readonly trials: number;
  /**
   * Number of test examples. If absent, 2,000, or 128 of a folded circuit: it takes thousands of cycles for what others
   * do in one.
   */
  readonly limit?: number | undefined;
  /** Same seed, same faults. */
  readonly seed: number;
}

export interface Faults {
  readonly kind: FaultKind;
  /** Places that faults may hit. */
  readonly sites: number;
  readonly flips: readonly number[];
  readonly examples: number;
  readonly trials: readonly FaultTrial[];
  /** The circuit without faults beside the integer oracle. */
  readonly witness: Witness;
}

const LIMITS = { configurable: 2000, specialised: 2000, folded: 128 } as const;

/**
 * Puts faults into a circuit at random, over a test set.
 * @throws as `testExamples` and `tryUpsets` do; CancelledError
 */
export async function faults(options: FaultsOptions): Promise<Faults> {
  const { kind, trials: count, seed, observer, signal } = options;
  const { bitstream, built } = await openCircuit(options.bitstream, options);
  const { circuit } = built;
  const { inputs, labels } = await testExamples(bitstream, options, options, options.limit ?? LIMITS[built.form]);
  const flips = options.flips ?? usualFlips(circuit, kind);
  const trials = await tryUpsets(circuit, inputs, labels, {
    kind,
    flips,
    trials: count,
    seed,
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'faults', done, total }),
  });
  const witness = await compareWithOracle(circuit, bitstream.network, inputs, options);
  return { kind, sites: faultSites(circuit, kind), flips, examples: inputs.length, trials, witness };
}

/**
 * Powers of ten for the many bits of a configuration, powers of two for registers and nets; up to half of what there
 * is.
 */
function usualFlips(circuit: Machine, kind: FaultKind): readonly number[] {
  const powers = kind === 'configuration' ? [1, 10, 100, 1000, 10_000] : [1, 2, 4, 8, 16];
  const most = faultSites(circuit, kind) / 2;
  return [0, ...powers.filter((flips) => flips <= most)];
}

export interface ExplainOptions extends CircuitSource, ExampleSource {
  /** The number of the test example, counted from 0. */
  readonly index: number;
  /** Neurons told of each layer. */
  readonly most: number;
}

/** Why a circuit answers an input as it does. */
export interface ExplainedExample {
  readonly name: string;
  readonly label: number;
  readonly explanation: Explanation;
  /** The input as the circuit takes it, and the shape of an example. */
  readonly picture: { readonly values: Uint8Array; readonly shape: readonly number[] };
  /** The circuit beside the integer oracle, which is what is explained. */
  readonly witness: Witness;
}

/**
 * Explains the answer to one test example.
 * @throws DataError `data.not-found` for one that is not there; CancelledError
 */
export async function explainExample(options: ExplainOptions): Promise<ExplainedExample> {
  const { index, most } = options;
  const { explain } = await import('../explain/explain.js');
  const bitstream = decodeBitstream(await readBytes(options.bitstream));
  const { inputs, labels, shape, count } = await testExamples(bitstream, options, options, index + 1);
  const input = inputs.at(index);
  if (input === undefined) {
    const message = `There is no test example ${index}; they are 0 to ${count - 1}.`;
    throw new DataError('not-found', message, { index });
  }
  const { circuit } = await buildCircuit(bitstream, options.form, options.goals, options);
  const witness = await compareWithOracle(circuit, bitstream.network, [input], options);
  return {
    name: bitstream.description.name,
    label: labels[index],
    witness,
    explanation: explain(bitstream.network, input, most),
    picture: { values: input, shape },
  };
}
