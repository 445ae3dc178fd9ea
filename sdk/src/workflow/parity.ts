import type { Bitstream } from '@adiabit/simulator/bitstream';
import type { CircuitTiming, Machine } from '@adiabit/simulator/circuit';
import type { Network } from '@adiabit/simulator/network';
import type { CircuitForm, CircuitFormChoice, CircuitGoals } from '../compile/circuit-of.js';
import type { Witness } from '../report/summary.js';
import { buildCircuit } from './build.js';
import type { Following } from './observer.js';
import { inferencesInReach } from './reach.js';
import { openSimulator } from './simulators.js';
import { compareAnswers, compareOutputs, oracleOutputs, splitOutputs, type Answer } from './witness.js';

export interface ParityOptions extends Following {
  /** The form of the circuit (`auto`). */
  readonly form?: CircuitFormChoice | undefined;
  readonly goals?: CircuitGoals | undefined;
}

/** How what ran a bitstream stands to its circuit and its oracle. */
export interface Parity {
  readonly form: CircuitForm;
  readonly timing: CircuitTiming;
  /**
   * The comparison with the circuit: on all inputs or, of a large folded circuit, the first that are simulated in about
   * half a minute.
   */
  readonly circuit: Witness;
  /** The comparison with the integer oracle, on all inputs. */
  readonly oracle: Witness;
}

/**
 * Compares the answers of something that ran a bitstream with the circuit, cycle by cycle, and with the integer oracle.
 * @param name of what gave the answers
 * @throws as `circuitOf` and `runInferences` do; CancelledError
 */
export async function parity(
  name: string,
  bitstream: Bitstream,
  inputs: readonly Uint8Array[],
  answers: readonly Answer[],
  { form: choice = 'auto', goals = {}, observer, signal }: ParityOptions = {},
): Promise<Parity> {
  const { circuit, form } = await buildCircuit(bitstream, choice, goals, { observer, signal });
  const simulated = inputs.slice(0, inferencesInReach(circuit));
  const answered = await circuitOutputs(circuit, simulated, { observer, signal });
  const expected = await oracleOutputs(bitstream.network, inputs, signal);
  return {
    form,
    timing: circuit.timing,
    circuit: compareAnswers(name, 'simulated circuit', answered, answers.slice(0, simulated.length)),
    oracle: compareAnswers(name, 'integer oracle', expected, answers),
  };
}

/** Compares a circuit with the integer oracle of its network. @throws as `runInferences` does; CancelledError */
export async function compareWithOracle(
  circuit: Machine,
  network: Network,
  inputs: readonly Uint8Array[],
  following: Following,
): Promise<Witness> {
  const expected = await oracleOutputs(network, inputs, following.signal);
  return compareOutputs('circuit', 'integer oracle', expected, await circuitOutputs(circuit, inputs, following));
}

async function circuitOutputs(
  circuit: Machine,
  inputs: readonly Uint8Array[],
  { observer, signal }: Following,
): Promise<readonly Int32Array[]> {
  const simulator = await openSimulator(circuit, 'compiled', 1, inputs.length);
  const run = await simulator.run(inputs, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'simulate', done, total }),
  });
  return splitOutputs(run);
}
