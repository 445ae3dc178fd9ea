import { packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import { argmax, createOracle, outputShapeOf, valuesOfInput, type Layer } from '@adiabit/simulator/network';
import type { DeviceSession } from '../device/index.js';
import type { Witness } from '../report/summary.js';
import { throwIfCancelled, type Following } from './observer.js';
import { classifyOn } from './run.js';
import { compareAnswers, oracleOutputs } from './witness.js';

/** One value that a device and the oracle compute differently. */
export interface DifferentValue {
  /** Its position among the values of its layer. */
  readonly index: number;
  readonly device: number;
  readonly oracle: number;
}

/** The first layer whose values differ, and the first of them. */
export interface DifferentLayer extends DifferentValue {
  /** From 0 on; -1 for the prepared input. */
  readonly layer: number;
  readonly kind: Layer['kind'] | 'input';
  /** Row and column of the value; absent where the layer gives no picture. */
  readonly y?: number;
  readonly x?: number;
  /** The channel, which is the neuron of a dense layer. */
  readonly channel: number;
  /** How many values of the layer differ, and how many it has. */
  readonly differing: number;
  readonly values: number;
}

/** Where a device first computes another integer than the oracle. */
export interface FirstDifference {
  /** The position of the example among those compared. */
  readonly example: number;
  /** The first output that differs; absent where the firmware tells the class alone. */
  readonly output?: DifferentValue;
  /** The classes; only where the firmware tells nothing else. */
  readonly classes?: Pick<DifferentValue, 'device' | 'oracle'>;
  /** The layer that does not do what it should, unless `why` says why it is not known. */
  readonly layer?: DifferentLayer;
  /** The firmware does not show layers, or tells the class alone; or every layer was right when the example was run again. */
  readonly why?: 'older-firmware' | 'class-only' | 'not-repeated';
}

/** How a device stands to the integer oracle. */
export interface LayerParity {
  readonly oracle: Witness;
  /** The first difference, if there is one. */
  readonly difference?: FirstDifference;
}

/**
 * Compares every output that a device gives, or its class where it tells no more, with the integer oracle. If one differs, walks through the layers of the first
 * example that does, to the first value that is wrong.
 * @param session with a device that runs the bitstream
 * @throws as `DeviceSession` does; CancelledError
 */
export async function layerParity(
  session: DeviceSession,
  bitstream: Bitstream,
  inputs: readonly Uint8Array[],
  following: Following = {},
): Promise<LayerParity> {
  const answers = await classifyOn(session, bitstream, inputs, following);
  const outputs = answers.map((answer) => answer.outputs);
  const expected = await oracleOutputs(bitstream.network, inputs, following.signal);
  const oracle = compareAnswers(`firmware on ${session.device.boardId}`, 'integer oracle', expected, answers);
  if (oracle.classesOnly) {
    const example = answers.findIndex((answer, index) => answer.class !== argmax(expected[index]));
    if (example < 0) return { oracle };
    const classes = { device: answers[example].class, oracle: argmax(expected[example]) };
    return { oracle, difference: { example, classes, why: 'class-only' } };
  }
  const example = outputs.findIndex((values, index) => firstDifferent(values, expected[index]) !== undefined);
  if (example < 0) return { oracle };
  const output = firstDifferent(outputs[example], expected[example])!;
  const where = await locateDifference(session, bitstream, inputs[example], following);
  return { oracle, difference: { example, output, ...where } };
}

/**
 * Finds the first layer whose values on a device are not the oracle's, for one input.
 * @throws as `DeviceSession` does; CancelledError
 */
export async function locateDifference(
  session: DeviceSession,
  bitstream: Bitstream,
  input: Uint8Array,
  { observer, signal }: Following = {},
): Promise<Pick<FirstDifference, 'layer' | 'why'>> {
  if (!session.canInspect) return { why: 'older-firmware' };
  const { network } = bitstream;
  const packed = packInput(input, network.input.count, network.input.bits);
  const expected = [valuesOfInput(network.input, input), ...createOracle(network)(input).values];
  for (const [index, oracle] of expected.entries()) {
    throwIfCancelled(signal);
    const layer = index - 1;
    const device = await session.layerValues(bitstream, packed, layer, signal);
    observer?.onProgress?.({ step: 'compare', done: index + 1, total: expected.length });
    const first = firstDifferent(device, oracle);
    if (first === undefined) continue;
    const differing = oracle.filter((value, at) => value !== device[at]).length;
    return {
      layer: { ...first, layer, ...placeOf(network.layers[layer], first.index), differing, values: oracle.length },
    };
  }
  return { why: 'not-repeated' };
}

function firstDifferent(device: Int32Array, oracle: Int32Array): DifferentValue | undefined {
  const index = oracle.findIndex((value, at) => value !== device[at]);
  return index < 0 ? undefined : { index, device: device[index], oracle: oracle[index] };
}

/** Tells where in a layer's output a value is; of the input, which has no shape, only its position. */
function placeOf(layer: Layer | undefined, index: number): Pick<DifferentLayer, 'kind' | 'channel' | 'y' | 'x'> {
  if (layer === undefined) return { kind: 'input', channel: index };
  const [height, width, channels] = outputShapeOf(layer);
  const channel = index % channels;
  if (height * width === 1) return { kind: layer.kind, channel };
  const place = (index - channel) / channels;
  return { kind: layer.kind, channel, y: Math.floor(place / width), x: place % width };
}
