import { EventLoopYield } from '../../event-loop-yield.js';
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
 * What the controller of a circuit drives, cycle by cycle, while a bitstream comes in. Only a generator that returns has seen
 * every CRC and the digest right.
 * @throws FormatError with the offset at which the stream stops being a bitstream for this circuit.
 */
export const loadingCycles = (scan: LoadableCircuit, bytes: Iterable<number>): Generator<ScanCycle> =>
  isFolded(scan) ? tableCycles(scan, bytes) : scanCycles(scan, bytes);

export interface LoadingOptions {
  /** Told at the start and every few thousand bits, how many of the configuration's are in. */
  readonly onProgress?: (loaded: number, total: number) => void;
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

const PROGRESS_CYCLES = 1024;

/**
 * Loads a bitstream into a circuit on an engine, a bit a clock cycle, and lets it run when all checks have passed.
 * Returns the cycles it took. After a refusal, or when it is cancelled, `run` is 0 and the circuit answers nothing.
 * @throws FormatError as `loadingCycles` does, CancelledError on abort
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

/** The engine as it stands after loading: `reset`, which would clear the configuration, does nothing. */
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
