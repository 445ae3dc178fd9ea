import { circuitOf } from '@adiabit/sdk';
import { exampleFromFile, taskOf } from '@adiabit/sdk/workflow';
import type { Bitstream } from '@adiabit/simulator/bitstream';
import { CompiledEngine, runInferences } from '@adiabit/simulator/engines';
import { createOracle, outputShapeOf, outputsOf, type Oracle } from '@adiabit/simulator/network';
import type { CircuitInference, CircuitInput, LiveCircuit, OracleInference } from '../../common/contract/live.js';
import { int32Bytes } from '../../common/int32-bytes.js';

type Simulate = (input: Uint8Array) => Promise<CircuitInference>;

/** A circuit that is shown inputs: its oracle and its cycle-level simulator, each built when it is first asked. */
export class WatchedCircuit {
  readonly #bitstream: Bitstream;
  #oracle: Oracle | undefined;
  #simulate: Simulate | undefined;

  constructor(bitstream: Bitstream) {
    this.#bitstream = bitstream;
  }

  describe(): LiveCircuit {
    const { network, description } = this.#bitstream;
    const { layers } = network;
    const task = guessedTask(this.#bitstream);
    const outputs = outputsOf(layers[layers.length - 1]);
    const names = description.trainedOn?.classNames ?? task?.classNames;
    return {
      input: inputOf(this.#bitstream),
      classNames: Array.from({ length: outputs }, (_, index) => names?.[index] ?? String(index)),
      layers: layers.map((layer) => ({
        kind: layer.kind,
        shape: outputShapeOf(layer),
        isBinary: 'activation' in layer && layer.activation.kind === 'threshold',
      })),
    };
  }

  /** @throws DataError `data.shape-mismatch` for another number of values */
  askOracle(input: Uint8Array, wantsLayers: boolean): OracleInference {
    this.#oracle ??= createOracle({ ...this.#bitstream.network, name: this.#bitstream.description.name });
    const { outputs, values, class: answer } = this.#oracle(input);
    return {
      class: answer,
      outputs: [...outputs],
      ...(wantsLayers ? { layers: values.map(int32Bytes) } : {}),
    };
  }

  /** @throws as `circuitOf` and `runInferences` do */
  askCircuit(input: Uint8Array): Promise<CircuitInference> {
    this.#simulate ??= simulatorOf(this.#bitstream);
    return this.#simulate(input);
  }

  /** @throws as `exampleFromFile` does */
  inputFromFile = (bytes: Uint8Array, fileName: string): Promise<Uint8Array> =>
    exampleFromFile(this.#bitstream, bytes, fileName);
}

function simulatorOf(bitstream: Bitstream): Simulate {
  const { circuit, form } = circuitOf(bitstream);
  const engine = new CompiledEngine(circuit.netlist, 1);
  return async (input) => {
    const startMs = performance.now();
    const { outputs, classes, cycles } = await runInferences(circuit, engine, [input]);
    return {
      class: classes[0],
      outputs: [...outputs],
      form,
      cycles,
      seconds: (performance.now() - startMs) / 1000,
    };
  };
}

/** The task whose examples have as many values, of a bitstream that does not say what it takes. */
function guessedTask({ network, description: { name, trainedOn } }: Bitstream): ReturnType<typeof taskOf> | undefined {
  if (trainedOn !== undefined) return undefined;
  const task = taskOf({ name, count: network.input.count });
  return task.shape.reduce((product, extent) => product * extent, 1) === network.input.count ? task : undefined;
}

function inputOf(bitstream: Bitstream): CircuitInput {
  const { network, description } = bitstream;
  const { count, bits } = network.input;
  const stated = description.trainedOn;
  const known = stated ?? guessedTask(bitstream) ?? { kind: 'values' as const, shape: [count] };
  const rate = 'sampleRateHz' in known ? known.sampleRateHz : undefined;
  return {
    kind: known.kind,
    shape: known.shape,
    ...(rate === undefined ? {} : { sampleRateHz: rate }),
    count,
    bits,
    isStated: stated !== undefined,
    isDigits: known.kind === 'picture' && known.shape.join() === '28,28',
  };
}
