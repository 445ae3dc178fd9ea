import { instantiateFunctions, type WasmInstance } from '@adiabit/simulator/wasm';
import type { Sharpness } from '../forward/sharpness.js';
import { type GroupSumLayer, type Layer, type LogicLayer, thresholdsOf } from '../network/layers.js';
import type { LayerParameters, NetworkParameters } from '../network/parameters.js';
import {
  backwardName,
  CHUNK,
  forwardName,
  LAYER,
  LAYER_BYTES,
  LINK,
  logicFunctions,
  PROBE,
  PROBE_BYTES,
  probe,
  ROW,
} from './kernel.js';
import { entriesAt, sharesAt } from './sharpen.js';

const FLOAT = 4;
const LANES = 4;
const VECTOR = FLOAT * LANES;

/** One layer in the memory of the kernel: where everything is, in bytes. */
interface Place {
  readonly layer: LogicLayer;
  readonly pins: number;
  readonly record: number;
  readonly links: number;
  readonly pinEnds: number;
  readonly mixed: number;
  readonly outputs: number;
  readonly halves: number;
  readonly gradients: number;
  readonly halfSums: number;
  readonly linkSums: number;
  /** Rows of the gradients of the outputs: of every table, or of every class after the last layer. */
  readonly outputGradients: number;
}

/**
 * A network of tables in the memory of the kernel, for up to `capacity` examples: the parameters as they are at a
 * sharpness, and the examples as chunks of rows.
 */
export class ChunkedNetwork {
  readonly classes: number;
  readonly #head: GroupSumLayer;
  readonly #thresholds: Float32Array;
  readonly #places: readonly Place[];
  readonly #inputs: number;
  readonly #inputRows: number;
  readonly #capacity: number;
  readonly #probe: number;
  readonly #probeRows: number;
  readonly #probeResults: number;
  readonly #instance: WasmInstance;
  readonly #floats: Float32Array;
  readonly #words: Int32Array;
  /** By layer the entries in use, and the shares of all candidates: 0 where they are too small to count. */
  #entries: readonly Float32Array[] = [];
  #shares: readonly Float32Array[] = [];
  #chunks = 0;

  constructor(layers: readonly Layer[], capacity: number) {
    const tables = layers.filter((layer) => layer.kind === 'logic');
    const [first] = layers;
    this.#head = layers[layers.length - 1] as GroupSumLayer;
    this.classes = this.#head.outputs;
    // Without a thermometer the inputs are bits: at least 1 or not.
    this.#thresholds = Float32Array.from(first.kind === 'thermometer' ? thresholdsOf(first) : [1]);
    this.#capacity = Math.ceil(capacity / CHUNK);
    this.#inputRows = tables[0].inputs;
    let bytes = 0;
    const take = (size: number): number => {
      const at = bytes;
      bytes += Math.ceil(size / VECTOR) * VECTOR;
      return at;
    };
    this.#inputs = take(this.#capacity * this.#inputRows * ROW);
    this.#places = tables.map((layer, index) => {
      const pins = layer.outputs * layer.tableInputs;
      const links = pins * layer.candidates;
      const entries = layer.outputs * 2 ** layer.tableInputs;
      const isLast = index === tables.length - 1;
      return {
        layer,
        pins,
        record: take(LAYER_BYTES),
        links: take(links * LINK),
        pinEnds: take(pins * FLOAT),
        // The first layer keeps those of all chunks, to probe other wires with.
        mixed: take((index === 0 ? this.#capacity : 1) * pins * ROW),
        outputs: take(layer.outputs * ROW),
        halves: take(entries * FLOAT),
        gradients: take(layer.outputs * FLOAT),
        halfSums: take(entries * VECTOR),
        linkSums: take(links * VECTOR),
        outputGradients: take((isLast ? this.classes : layer.outputs) * ROW),
      };
    });
    this.#probe = take(PROBE_BYTES);
    this.#probeRows = take(this.#inputRows * FLOAT);
    const probeSums = take(this.#inputRows * VECTOR);
    this.#probeResults = take(this.#inputRows * FLOAT);
    const functions = [...new Set(tables.map(({ tableInputs }) => tableInputs))].flatMap(logicFunctions);
    this.#instance = instantiateFunctions([...functions, probe()], bytes);
    this.#floats = new Float32Array(this.#instance.memory);
    this.#words = new Int32Array(this.#instance.memory);
    const [{ pins }] = this.#places;
    this.#setRecord(this.#probe, PROBE.gradientStep, pins * ROW);
    this.#setRecord(this.#probe, PROBE.inputs, this.#inputs);
    this.#setRecord(this.#probe, PROBE.inputStep, this.#inputRows * ROW);
    this.#setRecord(this.#probe, PROBE.rows, this.#probeRows);
    this.#setRecord(this.#probe, PROBE.sums, probeSums);
    this.#setRecord(this.#probe, PROBE.results, this.#probeResults);
    this.#places.forEach((place, index) => {
      const { layer, gradients, outputGradients } = place;
      const isLast = index === this.#places.length - 1;
      for (let table = 0; table < layer.outputs; table++) {
        const row = isLast ? table % this.classes : table;
        this.#words[gradients / FLOAT + table] = outputGradients + row * ROW;
      }
      this.#setRecord(place.record, LAYER.pinEndsEnd, place.pinEnds + place.pins * FLOAT);
      const fields = ['links', 'pinEnds', 'outputs', 'halves', 'gradients', 'halfSums', 'linkSums'] as const;
      for (const name of fields) this.#setRecord(place.record, LAYER[name], place[name]);
      if (index > 0) {
        this.#setRecord(place.record, LAYER.inputs, this.#places[index - 1].outputs);
        this.#setRecord(place.record, LAYER.mixed, place.mixed);
        this.#setRecord(place.record, LAYER.inputGradients, this.#places[index - 1].outputGradients);
      }
    });
  }

  get chunks(): number {
    return this.#chunks;
  }

  /** Takes the parameters at a sharpness. @param parameters of all layers, those without tables too */
  setParameters(layers: readonly Layer[], parameters: NetworkParameters, sharpness: Sharpness): void {
    const ofTables = parameters.filter((_, index) => layers[index].kind === 'logic');
    this.#entries = ofTables.map(({ kernel }) => entriesAt(kernel, sharpness.kWeight));
    this.#shares = this.#places.map(({ layer }, index) => sharesAt(layer, ofTables[index].bias, sharpness.kActivation));
    this.#places.forEach((place, index) => {
      this.#setHalves(place, this.#entries[index]);
      this.#setLinks(place, ofTables[index], this.#shares[index]);
    });
  }

  #setHalves({ layer, halves }: Place, entries: Float32Array): void {
    const floats = this.#floats;
    const half = 2 ** (layer.tableInputs - 1);
    for (let at = halves / FLOAT, from = 0; from < entries.length; from += 2 * half) {
      for (let entry = from; entry < from + half; entry++) {
        floats[at++] = entries[entry];
        floats[at++] = entries[entry + half] - entries[entry];
      }
    }
  }

  #setLinks({ layer, links, pinEnds, pins }: Place, { scale: sources }: LayerParameters, shares: Float32Array): void {
    const { candidates } = layer;
    const [floats, words] = [this.#floats, this.#words];
    let at = links / FLOAT;
    for (let pin = 0, index = 0; pin < pins; pin++) {
      for (let end = index + candidates; index < end; index++) {
        if (shares[index] === 0) continue;
        words[at++] = sources[index] * ROW;
        floats[at++] = shares[index];
      }
      words[pinEnds / FLOAT + pin] = at * FLOAT;
    }
  }

  /** Takes examples, row after row, as bits. Lanes without an example are 0. */
  setExamples(inputs: ArrayLike<number>, count: number): void {
    const width = inputs.length / count;
    const levels = this.#inputRows / width;
    const channels = this.#thresholds.length / levels;
    const [floats, thresholds] = [this.#floats, this.#thresholds];
    this.#chunks = Math.ceil(count / CHUNK);
    for (let chunk = 0, at = this.#inputs / FLOAT; chunk < this.#chunks; chunk++) {
      const first = chunk * CHUNK;
      const size = Math.min(CHUNK, count - first);
      for (let input = 0; input < width; input++) {
        const ofChannel = (input % channels) * levels;
        if (size < CHUNK) floats.fill(0, at, at + levels * CHUNK);
        for (let lane = 0, from = first * width + input; lane < size; lane++, from += width) {
          const value = inputs[from];
          for (let level = 0; level < levels; level++) {
            floats[at + level * CHUNK + lane] = value >= thresholds[ofChannel + level] ? 1 : 0;
          }
        }
        at += levels * CHUNK;
      }
    }
  }

  /** Computes a chunk. @returns its logits, [classes, examples of a chunk] */
  forward(chunk: number): Float32Array {
    this.#places.forEach((place, index) => {
      if (index === 0) this.#setChunk(place, chunk);
      this.#instance.functions[forwardName(place.layer.tableInputs)](place.record, 0);
    });
    return this.#sumGroups(this.#places[this.#places.length - 1]);
  }

  #setChunk({ record, mixed, pins }: Place, chunk: number): void {
    this.#setRecord(record, LAYER.inputs, this.#inputs + chunk * this.#inputRows * ROW);
    this.#setRecord(record, LAYER.mixed, mixed + chunk * pins * ROW);
  }

  #sumGroups({ layer, outputs }: Place): Float32Array {
    const logits = new Float32Array(this.classes * CHUNK);
    const values = this.#floats.subarray(outputs / FLOAT, outputs / FLOAT + layer.outputs * CHUNK);
    for (let start = 0; start < values.length; start += logits.length) {
      for (let index = 0; index < logits.length; index++) logits[index] += values[start + index];
    }
    for (let index = 0; index < logits.length; index++) logits[index] /= this.#head.temperature;
    return logits;
  }

  /** Forgets all gradients. */
  clearGradients(): void {
    for (const { layer, pins, halfSums, linkSums } of this.#places) {
      const ends = [
        [halfSums, layer.outputs * 2 ** layer.tableInputs],
        [linkSums, pins * layer.candidates],
      ] as const;
      for (const [from, vectors] of ends) this.#floats.fill(0, from / FLOAT, from / FLOAT + vectors * LANES);
    }
  }

  /** Adds the gradients of a chunk after `forward` of it. @param gradients of its logits */
  backward(chunk: number, gradients: Float32Array): void {
    const last = this.#places[this.#places.length - 1];
    this.#floats.set(
      gradients.map((value) => value / this.#head.temperature),
      last.outputGradients / FLOAT,
    );
    for (let index = this.#places.length - 1; index >= 0; index--) {
      const { layer, record } = this.#places[index];
      if (index === 0) this.#setChunk(this.#places[0], chunk);
      else {
        const { outputGradients, layer: before } = this.#places[index - 1];
        this.#floats.fill(0, outputGradients / FLOAT, outputGradients / FLOAT + before.outputs * CHUNK);
      }
      this.#instance.functions[backwardName(layer.tableInputs, index > 0)](record, 0);
    }
  }

  /** Returns the gradients of the entries in use, [tables, 2^tableInputs], of a layer of tables. */
  entryGradients(index: number): Float32Array {
    const { layer, halfSums } = this.#places[index];
    const half = 2 ** (layer.tableInputs - 1);
    const gradients = new Float32Array(layer.outputs * 2 * half);
    const floats = this.#floats;
    for (let at = halfSums / FLOAT, from = 0; from < gradients.length; from += 2 * half) {
      for (let entry = from; entry < from + half; entry++, at += 2 * LANES) {
        gradients[entry + half] = laneSum(floats, at);
        gradients[entry] = laneSum(floats, at + LANES) - gradients[entry + half];
      }
    }
    return gradients;
  }

  /** Returns the gradients of the shares of all candidates: 0 where they are too small to count. */
  shareGradients(index: number): Float32Array {
    const shares = this.#shares[index];
    const floats = this.#floats;
    const gradients = new Float32Array(shares.length);
    let at = this.#places[index].linkSums / FLOAT;
    for (let candidate = 0; candidate < shares.length; candidate++) {
      if (shares[candidate] === 0) continue;
      gradients[candidate] = laneSum(floats, at);
      at += LANES;
    }
    return gradients;
  }

  entries(index: number): Float32Array {
    return this.#entries[index];
  }

  shares(index: number): Float32Array {
    return this.#shares[index];
  }

  /** Says which inputs are probed from now on. */
  setProbed(inputs: Uint32Array): void {
    const rows = this.#probeRows / FLOAT;
    for (let index = 0; index < inputs.length; index++) this.#words[rows + index] = inputs[index] * ROW;
    this.#setRecord(this.#probe, PROBE.rowsEnd, this.#probeRows + inputs.length * FLOAT);
    this.#setRecord(this.#probe, PROBE.inputsEnd, this.#inputs + this.#chunks * this.#inputRows * ROW);
  }

  /**
   * Computes what the gradient of a share would be, were a pin of the first layer linked to the probed inputs, after
   * `backward` of all chunks. @returns a view that the next call overwrites; only what was asked for counts
   */
  probe(pin: number): Float32Array {
    this.#setRecord(this.#probe, PROBE.gradients, this.#places[0].mixed + pin * ROW);
    this.#instance.functions['probe'](this.#probe, 0);
    return this.#floats.subarray(this.#probeResults / FLOAT);
  }

  #setRecord(record: number, offset: number, value: number): void {
    this.#words[(record + offset) / FLOAT] = value;
  }
}

const laneSum = (floats: Float32Array, at: number): number =>
  floats[at] + floats[at + 1] + (floats[at + 2] + floats[at + 3]);
