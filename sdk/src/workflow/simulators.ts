import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import {
  CompiledEngine,
  ReferenceEngine,
  runInferences,
  vectorsForInputs,
  type Engine,
  type InferenceRun,
  type RunOptions,
} from '@adiabit/simulator/engines';
import {
  type LoadableCircuit,
  type Machine,
  configured,
  elaborateLoadableInSteps,
  insertScanChains,
  loadThroughScanChains,
  within,
  type Steps,
} from '@adiabit/simulator/circuit';
import { circuitInSteps, type CircuitGoals } from '../compile/circuit-of.js';
import { build } from './build.js';
import type { Following } from './observer.js';

/** A circuit on an engine, or on one for each thread. */
export interface Simulator {
  readonly circuit: Machine;
  /** Engine, vectors a pass and threads, in words. */
  readonly name: string;
  /** Vectors for which a simulated cycle counts. */
  readonly lanes: number;
  /** Clock cycles it took to load the configuration, where it came in a bit a cycle. */
  readonly loadingCycles?: number;
  run(inputs: readonly Uint8Array[], options?: RunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

/** Vectors that a thread takes at once. */
const LANES = 512;

export type EngineName = 'compiled' | 'reference';

const passes = (engine: Engine): string => `${engine.name}, ${engine.lanes} vectors a pass`;

function onEngine(circuit: Machine, engine: Engine): Simulator {
  return {
    circuit,
    name: passes(engine),
    lanes: engine.lanes,
    run: (inputs, options) => runInferences(circuit, engine, inputs, options),
    close: () => Promise.resolve(),
  };
}

const engineFor = ({ netlist }: Machine, name: EngineName, vectors: number): Engine =>
  name === 'reference' ? new ReferenceEngine(netlist) : new CompiledEngine(netlist, vectors);

/**
 * Opens a circuit on an engine, or on one for each thread.
 * Threads are for the compiled engine; there are no more of them than processor cores and full passes of inputs.
 * @param inputs how many there will be to run
 */
export async function openSimulator(
  circuit: Machine,
  engine: EngineName,
  wantedThreads: number,
  inputs: number,
): Promise<Simulator> {
  const { openSimulationPool, threadsWorth } = await import('@adiabit/simulator/workers');
  const threads = threadsWorth({ wanted: wantedThreads, pieces: Math.ceil(inputs / LANES) });
  if (threads === 1) return onEngine(circuit, engineFor(circuit, engine, vectorsForInputs(inputs, circuit.timing)));
  const pool = await openSimulationPool(circuit, threads, { inputs });
  return {
    circuit,
    name: `compiled (WebAssembly SIMD), ${LANES} vectors a pass in each of ${threads} threads`,
    lanes: LANES,
    run: (inputs, options) => pool.run(inputs, options),
    close: () => pool.close(),
  };
}

/**
 * Opens the circuit with its configuration in registers, or folded with its numbers in memories, and the bitstream
 * shifted into them through the controller that checks it, a bit a clock cycle. Few lanes: much of the time goes into
 * loading.
 * @param goals for the folding of a network that has a folded circuit only, the popcounts of others
 * @throws FormatError as the controller does, CancelledError on abort; then the circuit does not run. As `fold` for a
 * folded circuit.
 */
export async function openThroughScanChains(
  bytes: Uint8Array,
  engineName: EngineName,
  goals: CircuitGoals,
  following: Following,
): Promise<Simulator> {
  const { observer, signal } = following;
  const scan = await build(loadableInSteps(decodeBitstream(bytes), goals), following);
  const engine = engineFor(scan.circuit, engineName, 1);
  const loadingCycles = await loadThroughScanChains(scan, engine, bytes, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => observer?.onProgress?.({ step: 'load', done, total }),
  });
  return { ...onEngine(scan.circuit, configured(engine)), loadingCycles };
}

function* loadableInSteps(bitstream: Bitstream, goals: CircuitGoals): Steps<LoadableCircuit> {
  const built = yield* within(0, 0.9, circuitInSteps(bitstream, 'auto', goals));
  if (built.form !== 'folded') return insertScanChains(built.circuit);
  const { description, network } = bitstream;
  return yield* within(0.9, 1, elaborateLoadableInSteps(description.name, network, built.circuit.folding));
}
