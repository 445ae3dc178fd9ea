/** What turning inputs into lanes and outputs back costs: `runInferences` beside engines that only step. */
import { CompiledEngine, runInferences, type InferenceRun } from '@adiabit/simulator/engines';
import type { Machine } from '@adiabit/simulator/circuit';
import { openSimulationPool } from '@adiabit/simulator/workers';
import { compile } from '@adiabit/sdk/compile';
import { createOracle, type BinarizedModel } from '@adiabit/sdk/model';
import { EngineAlone, enginesInThreads } from './engine-alone.js';
import { compare, type Row } from './rows.js';
import { greyTestVectors, testVectors, trainedModel } from './sim-models.js';

const CHECKED = 1024;
const THREADS = 2;

/** The same inferences with all that belongs to them, and without. */
interface Sides {
  readonly whole: (inputs: readonly Uint8Array[]) => Promise<InferenceRun>;
  readonly alone: (count: number) => unknown;
  readonly close: () => Promise<unknown>;
}

function oneThread(circuit: Machine, some: readonly Uint8Array[]): Sides {
  const [engine, alone] = [new CompiledEngine(circuit.netlist), new EngineAlone(circuit, some)];
  return {
    whole: (inputs) => runInferences(circuit, engine, inputs),
    alone: (count) => {
      alone.run(count);
    },
    close: () => Promise.resolve(),
  };
}

async function twoThreads(circuit: Machine, some: readonly Uint8Array[]): Promise<Sides> {
  const pool = await openSimulationPool(circuit, THREADS);
  const engines = await enginesInThreads(THREADS, { circuit, inputs: some.slice(0, 512) });
  return {
    whole: (inputs) => pool.run(inputs),
    alone: (count) => engines.run(count),
    close: () => Promise.all([pool.close(), engines.close()]),
  };
}

/** By processor time of all threads: other work on the machine does not count. By the clock: what threads are for. */
const CLOCKS = {
  processor: () => process.cpuUsage().user / 1e6,
  clock: () => performance.now() / 1000,
} as const;

const CASES = [
  { threads: 'one thread', suffix: '', open: oneThread, clocks: ['processor'] },
  { threads: 'two threads', suffix: '.threads2', open: twoThreads, clocks: ['processor', 'clock'] },
] as const;

export interface InferenceBench {
  readonly isQuick: boolean;
  readonly wanted: (id: string) => boolean;
  readonly add: (row: Row) => void;
}

export async function inferences({ isQuick, wanted, add }: InferenceBench): Promise<void> {
  for (const bits of [1, 8]) {
    for (const { threads, suffix, open, clocks } of CASES) {
      const id = `sim.784-128-10.specialised.bits${bits}${suffix}`;
      if (!wanted(id)) continue;
      const trained = await trainedModel([784, 128, 10]);
      const model = { ...trained, input: { ...trained.input, bits } };
      const { circuit } = compile(model, { form: 'specialised' });
      const some = await (bits === 1 ? testVectors() : greyTestVectors());
      // So many that filling the pipeline is a small part of it.
      const inputs = Array.from({ length: bits === 1 ? 20 : 4 }, () => some).flat();
      const { whole, alone, close } = await open(circuit, some);
      try {
        checkAgainst(model, some.slice(0, CHECKED), await whole(some.slice(0, CHECKED)));
        await whole(inputs);
        await alone(inputs.length);
        for (const clock of clocks) {
          const speed = (work: () => unknown) => async (): Promise<number> => {
            const start = CLOCKS[clock]();
            await work();
            return inputs.length / (CLOCKS[clock]() - start);
          };
          const { value, other, ratio } = await compare(
            isQuick ? 7 : 21,
            speed(() => whole(inputs)),
            speed(() => alone(inputs.length)),
          );
          const unit = clock === 'clock' ? 'inferences/s by the clock' : 'inferences/s';
          add({ id: `${id}.engine`, value: other, unit, against: '', ratio: null });
          add({ id: `${id}.run`, value, unit, against: `the engine alone, ${threads}`, ratio });
        }
      } finally {
        await close();
      }
    }
  }
}

function checkAgainst(model: BinarizedModel, inputs: readonly Uint8Array[], run: InferenceRun): void {
  const oracle = createOracle(model);
  inputs.forEach((input, index) => {
    const { outputs } = oracle(input);
    const from = index * run.outputCount;
    if (!outputs.every((output, at) => output === run.outputs[from + at])) throw new Error(`Vector ${index} differs.`);
  });
}
