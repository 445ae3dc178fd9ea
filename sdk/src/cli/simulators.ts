import {
  CompiledEngine,
  ReferenceEngine,
  configured,
  decodeBitstream,
  elaborate,
  insertScanChains,
  loadThroughScanChains,
  runInferences,
  type Engine,
  type InferenceRun,
  type LoadingOptions,
  type Machine,
  type RunOptions,
} from '@adiabit/simulator';

/** A circuit on an engine, or on one for each thread. */
export interface Simulator {
  readonly circuit: Machine;
  /** Engine, vectors a pass and threads, in words. */
  readonly name: string;
  /** Clock cycles it took to load the configuration, where it came in a bit a cycle. */
  readonly loadingCycles?: number;
  run(inputs: readonly Uint8Array[], options?: RunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

export type EngineName = 'compiled' | 'reference';

const passes = (engine: Engine): string => `${engine.name}, ${engine.lanes} vectors a pass`;

function onEngine(circuit: Machine, engine: Engine): Simulator {
  return {
    circuit,
    name: passes(engine),
    run: (inputs, options) => runInferences(circuit, engine, inputs, options),
    close: () => Promise.resolve(),
  };
}

const engineFor = ({ netlist }: Machine, name: EngineName, vectors?: number): Engine =>
  name === 'reference' ? new ReferenceEngine(netlist) : new CompiledEngine(netlist, vectors);

/** Threads are for the compiled engine. */
export async function openSimulator(circuit: Machine, engine: EngineName, threads: number): Promise<Simulator> {
  if (threads === 1) return onEngine(circuit, engineFor(circuit, engine));
  const { openCrew } = await import('@adiabit/simulator/threads');
  const crew = await openCrew(circuit, threads);
  return {
    circuit,
    name: `compiled (WebAssembly SIMD), 512 vectors a pass in each of ${threads} threads`,
    run: (inputs, options) => crew.run(inputs, options),
    close: () => crew.close(),
  };
}

/**
 * The circuit with its configuration in registers, and the bitstream shifted into them through the controller that checks
 * it, a bit a clock cycle. Few lanes: nearly all of the time goes into loading.
 * @throws FormatError as the controller does, CancelledError on abort; then the circuit does not run
 */
export async function openThroughScanChains(
  bytes: Uint8Array,
  engineName: EngineName,
  options: LoadingOptions,
): Promise<Simulator> {
  const { architecture, configuration, description } = decodeBitstream(bytes);
  const scan = insertScanChains(elaborate(description.name, architecture, configuration));
  const engine = engineFor(scan.circuit, engineName, 1);
  const loadingCycles = await loadThroughScanChains(scan, engine, bytes, options);
  return { ...onEngine(scan.circuit, configured(engine)), loadingCycles };
}
