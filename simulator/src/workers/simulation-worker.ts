/** A worker of a simulation pool: runs shares of inputs on its own engine. */
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences, type InputSource } from '../engines/run.js';
import { DataError } from '../errors.js';
import type { Machine } from '../circuit/circuit.js';
import type { WorkerProtocol } from './messages.js';
import { serve } from './serve.js';

export interface SimulationStart {
  readonly circuit: Machine;
  /** A ring buffer of inputs as lanes, group by group; in each group the planes, least significant bit first. */
  readonly waiting: Uint32Array;
  readonly groups: number;
}

/** A share of inputs to run. */
export interface SimulationRequest {
  /** By worker, the number of inputs of its share that are in its ring; negative if no more will come. */
  readonly filled: Int32Array;
  readonly worker: number;
  readonly count: number;
  /** The outputs for this worker's inputs. */
  readonly outputs: Int32Array;
  readonly classes: Uint16Array;
}

export type SimulationNote =
  /** The number of inputs of the share that are no longer needed. */
  { readonly kind: 'taken'; readonly taken: number } | { readonly kind: 'progress'; readonly done: number };

export interface SimulationProtocol extends WorkerProtocol {
  readonly start: SimulationStart;
  readonly request: SimulationRequest;
  /** The clock cycles that the share took. */
  readonly reply: number;
  readonly note: SimulationNote;
}

/** The time between two notes about progress. */
const PROGRESS_MS = 50;

serve<SimulationProtocol>(({ circuit, waiting, groups }) => {
  const engine = new CompiledEngine(circuit.netlist);
  const { inputBits } = circuit.shape;
  const planeWords = waiting.length / (groups * inputBits);
  const planesOfGroups = Array.from({ length: groups }, (_, group) =>
    Array.from({ length: inputBits }, (_unused, bit) => {
      const from = (group * inputBits + bit) * planeWords;
      return waiting.subarray(from, from + planeWords);
    }),
  );
  /**
   * The number of inputs after which more are requested: half of the ring, because each note interrupts both threads.
   */
  const refill = (groups * engine.lanes) / 2;

  return async ({ filled, worker, count, outputs, classes }, note) => {
    /** The inputs in the ring. Waiting for them blocks this thread only. */
    const source: InputSource = {
      count,
      answers: { outputs, classes },
      take: (first, end) => {
        if (first % refill === 0 && first > 0) note({ kind: 'taken', taken: first });
        for (let there = 0; there < end; there = Atomics.load(filled, worker)) {
          if (there < 0) throw new DataError('bad-value', 'A value has too many bits.', {});
          Atomics.wait(filled, worker, there);
        }
        return planesOfGroups[(first / engine.lanes) % groups];
      },
    };
    let reportedAt = performance.now();
    const run = await runInferences(circuit, engine, source, {
      onProgress: (done) => {
        if (performance.now() - reportedAt < PROGRESS_MS) return;
        reportedAt = performance.now();
        note({ kind: 'progress', done });
      },
    });
    return run.cycles;
  };
});
