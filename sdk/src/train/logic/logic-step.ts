import type { Batch } from '../datasets/batches.js';
import type { Examples } from '../datasets/dataset.js';
import type { Sharpness } from '../forward/sharpness.js';
import type { Layer, LogicLayer } from '../network/layers.js';
import type { NetworkParameters } from '../network/parameters.js';
import { ChunkedNetwork } from './chunked-network.js';
import { CHUNK } from './kernel.js';
import { shownInputs } from './rewire.js';
import { throughEntries, throughShares } from './sharpen.js';

/** Examples to learn from at once; see `Shard`. */
interface LogicShard {
  readonly batch: Batch;
  readonly probeSeed?: number;
}

/** See `StepResult`. */
interface LogicResult {
  readonly loss: number;
  readonly gradients: readonly Float32Array[];
}

/** Networks in the memory of the kernel, by their layers; each for as many examples as it was asked for. */
const networks = new WeakMap<readonly Layer[], { readonly capacity: number; readonly network: ChunkedNetwork }>();

function networkFor(layers: readonly Layer[], examples: number): ChunkedNetwork {
  const known = networks.get(layers);
  if (known !== undefined && known.capacity >= examples) return known.network;
  const network = new ChunkedNetwork(layers, examples);
  networks.set(layers, { capacity: examples, network });
  return network;
}

/**
 * Computes losses and their gradients for shards, as `computeAll` does with tensors. When a shard has a probe's seed, a
 * last array follows its gradients: for every pin of the first layer of tables, what the gradients of the shares of its
 * shown inputs would be (see `shownInputs`).
 */
export function computeLogicSteps(
  layers: readonly Layer[],
  parameters: NetworkParameters,
  shards: readonly LogicShard[],
  sharpness: Sharpness,
): LogicResult[] {
  const network = networkFor(layers, Math.max(...shards.map(({ batch }) => batch.size)));
  network.setParameters(layers, parameters, sharpness);
  return shards.map((shard) => computeOne(network, layers, shard, sharpness));
}

function computeOne(
  network: ChunkedNetwork,
  layers: readonly Layer[],
  { batch, probeSeed }: LogicShard,
  { kWeight, kActivation }: Sharpness,
): LogicResult {
  network.setExamples(batch.inputs, batch.size);
  network.clearGradients();
  let loss = 0;
  for (let chunk = 0; chunk < network.chunks; chunk++) {
    const logits = network.forward(chunk);
    loss += crossEntropy(logits, batch.targets, chunk * CHUNK, batch.size);
    network.backward(chunk, logits);
  }
  const tables = layers.filter((layer) => layer.kind === 'logic');
  const gradients = tables.flatMap((layer, index) => {
    const entries = network.entryGradients(index);
    throughEntries(entries, network.entries(index), kWeight);
    const wires = network.shareGradients(index);
    throughShares(layer, wires, network.shares(index), kActivation);
    return [entries, wires];
  });
  const probed = probeSeed === undefined ? [] : [probeAll(network, tables[0], probeSeed)];
  return { loss: loss / batch.size, gradients: [...gradients, ...probed] };
}

/** Turns the logits of a chunk into their gradients, in place. @returns the sum of the losses of its examples */
function crossEntropy(logits: Float32Array, targets: Float32Array, first: number, count: number): number {
  const classes = logits.length / CHUNK;
  const size = Math.min(CHUNK, count - first);
  let loss = 0;
  for (let lane = 0; lane < CHUNK; lane++) {
    let largest = -Infinity;
    let sum = 0;
    for (let at = lane; at < logits.length; at += CHUNK) largest = Math.max(largest, logits[at]);
    for (let at = lane; at < logits.length; at += CHUNK) sum += Math.exp(logits[at] - largest);
    for (let which = 0, at = lane; which < classes; which++, at += CHUNK) {
      if (lane >= size) {
        logits[at] = 0;
        continue;
      }
      const wanted = targets[(first + lane) * classes + which];
      const above = logits[at] - largest;
      if (wanted !== 0) loss += wanted * (Math.log(sum) - above);
      logits[at] = (Math.exp(above) / sum - wanted) / count;
    }
  }
  return loss;
}

function probeAll(network: ChunkedNetwork, { inputs, outputs, tableInputs }: LogicLayer, seed: number): Float32Array {
  const shown = shownInputs(inputs, outputs, seed);
  const gradients = new Float32Array(tableInputs * shown.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  shown.forEach((ofTable, table) => {
    network.setProbed(ofTable);
    for (let pin = 0; pin < tableInputs; pin++, at += ofTable.length) {
      gradients.set(network.probe(table * tableInputs + pin).subarray(0, ofTable.length), at);
    }
  });
  return gradients;
}

/** Examples that are evaluated at once. */
const EVALUATED_AT_ONCE = 256;

/** Returns the predicted class of every example at a sharpness. */
export function predictLogic(
  layers: readonly Layer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
): Uint8Array {
  const network = networkFor(layers, EVALUATED_AT_ONCE);
  network.setParameters(layers, parameters, sharpness);
  const width = examples.values.length / examples.count;
  const predictions = new Uint8Array(examples.count);
  for (let start = 0; start < examples.count; start += EVALUATED_AT_ONCE) {
    const size = Math.min(EVALUATED_AT_ONCE, examples.count - start);
    network.setExamples(examples.values.subarray(start * width, (start + size) * width), size);
    for (let chunk = 0; chunk < network.chunks; chunk++) {
      const logits = network.forward(chunk);
      for (let lane = 0, at = start + chunk * CHUNK; lane < CHUNK && at < start + size; lane++, at++) {
        predictions[at] = bestClass(logits, lane);
      }
    }
  }
  return predictions;
}

/** Returns the class with the largest logit in a lane, the first of equals. */
function bestClass(logits: Float32Array, lane: number): number {
  let best = lane;
  for (let at = lane; at < logits.length; at += CHUNK) if (logits[at] > logits[best]) best = at;
  return (best - lane) / CHUNK;
}
