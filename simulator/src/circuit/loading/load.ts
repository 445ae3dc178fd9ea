import { EventLoopYield } from '../../engines/event-loop-yield.js';
import type { Engine } from '../../engines/engine.js';
import type { LoadableFoldedCircuit } from '../folded/elaborate-folded.js';
import { scanCycles, type ScanCycle } from './controller.js';
import type { ScanCircuit } from './scan-chains.js';
import { SCAN_PORT } from '../scan-port.js';
import { tableCycles } from './table-controller.js';

/** A circuit of either form that is loaded bit by bit. */
export type LoadableCircuit = ScanCircuit | LoadableFoldedCircuit;

const isFolded = (scan: LoadableCircuit): scan is LoadableFoldedCircuit => 'folding' in scan.circuit;

/**
 * Simulates the controller of a circuit, cycle by cycle, while a bitstream arrives. Only if the generator returns are
 * all CRCs and the digest right.
 * @throws FormatError with the offset at which the stream stops being a bitstream for this circuit
 */
export const loadingCycles = (scan: LoadableCircuit, bytes: Iterable<number>): Generator<ScanCycle> =>
  isFolded(scan) ? tableCycles(scan, bytes) : scanCycles(scan, bytes);

export interface LoadingOptions {
  /** Called at the start and every few thousand bits with the number of configuration bits that are loaded. */
  readonly onProgress?: (loaded: number, total: number) => void;
  /** Aborting it stops the loading with a CancelledError. */
  readonly signal?: AbortSignal;
}

const PROGRESS_CYCLES = 1024;

/**
 * Loads a bitstream into a circuit on an engine, one bit a clock cycle, and starts the circuit when all checks have
 * passed. If the bitstream is refused or the loading is cancelled, `run` is 0 and the circuit stays stopped.
 * @returns the cycles that it took
 * @throws FormatError as `loadingCycles`, CancelledError on abort
 */
export async function loadThroughScanChains(
  scan: LoadableCircuit,
  engine: Engine,
  bytes: Iterable<number>,
  { onProgress, signal }: LoadingOptions = {},
): Promise<number> {
  const words = (bit: number): Uint32Array => new Uint32Array(engine.wordsPerNet).fill(bit ? 0xffffffff : 0);
  const drive = (chain: number, bit: number): void => {
    const enable = new Uint32Array(scan.chains.length * engine.wordsPerNet);
    if (chain >= 0) enable.set(words(1), chain * engine.wordsPerNet);
    engine.setInput(SCAN_PORT.enable, enable);
    engine.setInput(SCAN_PORT.in, words(bit));
  };
  engine.reset();
  engine.setInput(SCAN_PORT.run, words(0));
  const eventLoop = new EventLoopYield('Loading through the scan chains was', signal);
  const total = scan.chains.reduce((sum, { rows, rowBits }) => sum + rows * rowBits, 0);
  let cycles = 0;
  try {
    eventLoop.check(cycles);
    onProgress?.(cycles, total);
    for (const { chain, bit } of loadingCycles(scan, bytes)) {
      drive(chain, bit);
      engine.evaluate();
      engine.clock();
      cycles++;
      if (cycles % PROGRESS_CYCLES === 0) onProgress?.(cycles, total);
      if (eventLoop.isDue) await eventLoop.yield(cycles);
    }
  } finally {
    drive(-1, 0);
  }
  engine.setInput(SCAN_PORT.run, words(1));
  return cycles;
}

/** Wraps a loaded engine so that `reset`, which would clear the configuration, does nothing. */
export const configured = (engine: Engine): Engine => ({
  name: engine.name,
  netlist: engine.netlist,
  lanes: engine.lanes,
  wordsPerNet: engine.wordsPerNet,
  configure: (configuration) => engine.configure(configuration),
  reset: () => undefined,
  setInput: (port, words) => engine.setInput(port, words),
  evaluate: () => engine.evaluate(),
  getOutput: (port) => engine.getOutput(port),
  clock: () => engine.clock(),
});
