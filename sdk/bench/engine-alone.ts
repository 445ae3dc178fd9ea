/**
 * An engine that steps without converting anything: the same lanes again and again. On this thread, or in a worker, which this file
 * is too.
 */
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { CompiledEngine, sliceIntoLanes } from '@adiabit/simulator/engines';
import { PORT, type Machine } from '@adiabit/simulator/circuit';

export class EngineAlone {
  readonly #engine: CompiledEngine;
  readonly #start: Uint32Array;
  readonly #idle: Uint32Array;
  readonly #planes: readonly Uint32Array[];

  readonly #circuit: Machine;

  constructor(circuit: Machine, inputs: readonly Uint8Array[]) {
    this.#circuit = circuit;

    this.#engine = new CompiledEngine(circuit.netlist);
    const { lanes, wordsPerNet } = this.#engine;
    this.#start = new Uint32Array(wordsPerNet).fill(0xffffffff);
    this.#idle = new Uint32Array(wordsPerNet);
    this.#planes = sliceIntoLanes(inputs.slice(0, lanes), circuit.shape.inputBits, wordsPerNet).reverse();
    this.#engine.configure(circuit.configuration);
    this.#engine.reset();
  }

  /** As many cycles as so many inputs take. */
  run(inputs: number): void {
    const engine = this.#engine;
    const cycles = Math.ceil(inputs / engine.lanes) * this.#circuit.timing.initiationInterval;
    for (let cycle = 0; cycle < cycles; cycle++) {
      const plane = cycle % this.#planes.length;
      engine.setInput(PORT.start, plane === 0 ? this.#start : this.#idle);
      engine.setInput(PORT.input, this.#planes[plane]);
      engine.evaluate();
      engine.getOutput(PORT.class);
      engine.clock();
    }
  }
}

interface WorkerStart {
  readonly circuit: Machine;
  readonly inputs: readonly Uint8Array[];
}

/** Engines in so many threads, none of which waits for another. */
export async function enginesInThreads(threads: number, start: WorkerStart) {
  // Threads do not take over what lets the main thread read TypeScript.
  const script = `import('tsx/esm/api').then(({ register }) => (register(), import('${import.meta.url}')))`;
  const workers = Array.from({ length: threads }, () => new Worker(script, { eval: true, workerData: start }));
  const answers = (): Promise<unknown> => Promise.all(workers.map((worker) => once(worker, 'message')));
  await answers();
  return {
    run: (inputs: number): Promise<unknown> => {
      workers.forEach((worker) => {
        worker.postMessage(inputs / threads);
      });
      return answers();
    },
    close: (): Promise<unknown> => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

if (!isMainThread) {
  const { circuit, inputs } = workerData as WorkerStart;
  const engine = new EngineAlone(circuit, inputs);
  parentPort?.on('message', (count: number) => {
    engine.run(count);
    parentPort?.postMessage('done');
  });
  parentPort?.postMessage('ready');
}
