import type { Bitstream } from '../../bitstream/bitstream.js';
import type { TrainedOn } from '../../bitstream/description.js';
import { inputBytesOf } from '../../bitstream/layout.js';
import { storedBytes, type MemoryPlan } from '../../network/memory.js';
import {
  inputsOf,
  levelsOf,
  outputsOf,
  sourcesOf,
  type Layer,
  type Network,
  type NetworkInput,
  type PictureShape,
} from '../../network/network.js';
import { helpersOf } from './helpers.js';
import { preparationOf } from './preparation.js';
import { bodyOf, type Values } from './layers.js';
import { scaledInputOf, scalingHeader, scalingSource } from './scaling.js';
import { oneLine, table, tablesOf } from './tables.js';

/** A network from which C is generated. */
export interface CNetwork {
  /** The prefix of all its names in C. */
  readonly name: string;
  readonly comment: string;
  readonly network: Network;
  readonly memory: MemoryPlan;
  /** If absent, the meaning of inputs and classes is unknown. */
  readonly trainedOn?: TrainedOn;
  readonly inputBytes: number;
  readonly outputs: number;
  /** The 32-bit words of work memory; never 0, because C has no empty arrays. */
  readonly workWords: number;
}

/** Gives the network of a bitstream, with a name that is valid in C. */
export function cNetworkOf({ network, memory, description }: Bitstream): CNetwork {
  const { name, modelDigest, compiler, trainedOn } = description;
  const { count, bits } = network.input;
  const { layers } = network;
  return {
    name: cName(name),
    network,
    memory,
    ...(trainedOn === undefined ? {} : { trainedOn }),
    comment: `${oneLine(name)}: made by ${oneLine(compiler)} from the model ${modelDigest.slice(0, 16)}. Do not edit.`,
    inputBytes: inputBytesOf(count, bits),
    outputs: outputsOf(layers[layers.length - 1]),
    workWords: Math.max(1, copyAt(network, memory) + copyWords(network.input)),
  };
}

/** Gives the words of the copy of the input: its bits as words, or its prepared values. */
const copyWords = ({ bits, count, preparation }: NetworkInput): number =>
  bits === 1 ? Math.ceil(count / 32) : preparation === undefined ? 0 : Math.ceil(count / 4);

/** Gives the place of that copy: after the values of all layers but the last, whose values are the outputs. */
function copyAt({ layers }: Network, { outputs }: MemoryPlan): number {
  const ends = layers.slice(0, -1).map((layer, index) => {
    const { form, offset } = outputs[index];
    return (offset + storedBytes(form, outputsOf(layer))) / 4;
  });
  return Math.max(0, ...ends);
}

/**
 * Makes a name of letters, digits and underscores, starting with a letter. It is in lower case, so that macros have
 * other names.
 */
export function cName(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  return /^[a-z]/.test(plain) ? plain : `network_${plain}`;
}

export const cHeaderFile = ({ name }: CNetwork): string => `${name}.h`;

/** Writes the header, with the functions that a program calls. */
export function* writeCHeader({ name, comment, network, trainedOn, ...sizes }: CNetwork): Generator<string> {
  const upper = name.toUpperCase();
  yield `/* ${comment} */`;
  yield `#ifndef ${upper}_H`;
  yield `#define ${upper}_H`;
  yield '';
  yield '#include <stdint.h>';
  yield '';
  yield `/* ${describeInput(network.input, trainedOn)}. */`;
  yield `#define ${upper}_INPUT_BYTES ${sizes.inputBytes}u`;
  yield `#define ${upper}_OUTPUTS ${sizes.outputs}u`;
  yield '/* Memory for one inference; it means nothing before and after. */';
  yield `#define ${upper}_WORK_WORDS ${sizes.workWords}u`;
  yield '';
  yield `void ${name}_infer(const uint8_t input[${upper}_INPUT_BYTES], uint32_t work[${upper}_WORK_WORDS],`;
  yield `${' '.repeat(name.length + 12)}int32_t outputs[${upper}_OUTPUTS]);`;
  yield '';
  yield '/* The position of the largest output, the lowest one on a tie. */';
  yield `uint32_t ${name}_class(const int32_t outputs[${upper}_OUTPUTS]);`;
  for (const [index, className] of (trainedOn?.classNames ?? []).entries())
    yield `/* ${index}: ${oneLine(className)} */`;
  const scaled = scaledInputOf(name, network.input, trainedOn?.channels);
  if (scaled !== undefined) yield* scalingHeader(scaled);
  yield '';
  yield '#endif';
}

/** Describes how an input lies in memory and, as far as that is known, what it is of. */
export function describeInput({ count, bits, preparation }: NetworkInput, trainedOn: TrainedOn | undefined): string {
  const values =
    bits === 1
      ? `${count} bits, the first one lowest in the first byte`
      : `${count} values of ${bits} bits, a byte each${preparation?.samples === 'muLaw' ? ', in G.711 mu-law' : ''}`;
  return `${values}${inWords(trainedOn)}`;
}

function inWords(trainedOn: TrainedOn | undefined): string {
  if (trainedOn === undefined) return '';
  const { kind, shape, sampleRateHz } = trainedOn;
  const rate = sampleRateHz === undefined ? '' : ` at ${sampleRateHz} Hz`;
  return {
    values: '',
    picture: `: a picture of ${shape.join(' x ')}`,
    sound: `: sound of ${shape.join(' x ')} samples${rate}`,
  }[kind];
}

/**
 * Writes the source: tables, a function per layer, and the functions of the header. It is C99 and allocates no memory.
 */
export function* writeCSource(c: CNetwork, header = cHeaderFile(c)): Generator<string> {
  const { name, comment, network, workWords, trainedOn } = c;
  const upper = name.toUpperCase();
  const layers = network.layers.map((layer, index) => writeLayer(c, layer, index));
  yield `/* ${comment} */`;
  yield `#include "${header}"`;
  yield '';
  yield '#include <string.h>';
  yield '';
  const { zeroPoints, bits, count, preparation } = network.input;
  if (zeroPoints !== undefined) {
    yield* table('int32_t', ZERO_POINTS, zeroPoints);
    yield '';
  }
  yield* helpersOf(layers.flatMap(({ code }) => code));
  if (preparation !== undefined) yield* preparationOf(preparation, count);
  for (const { code } of layers) {
    yield* code;
    yield '';
  }
  yield `void ${name}_infer(const uint8_t input[${upper}_INPUT_BYTES], uint32_t work[${upper}_WORK_WORDS],`;
  yield `${' '.repeat(name.length + 12)}int32_t outputs[${upper}_OUTPUTS]) {`;
  if (bits === 1) {
    const words = Math.ceil(count / 32);
    yield `  uint32_t *bits = work + ${workWords - words};`;
    yield `  memset(bits, 0, ${4 * words}u);`;
    yield `  for (uint32_t index = 0; index < ${count}u; index++) {`;
    yield '    bits[index / 32u] |= (((uint32_t)input[index / 8u] >> (index % 8u)) & 1u) << (index % 32u);';
    yield '  }';
  }
  if (preparation !== undefined) {
    yield `  uint8_t *prepared = (uint8_t *)(work + ${workWords - Math.ceil(count / 4)});`;
    yield '  prepare(input, prepared);';
  }
  if (!layers.some(({ call }) => call.includes('work'))) yield '  (void)work;';
  for (const { call } of layers) yield `  ${call}`;
  yield '}';
  yield '';
  yield `uint32_t ${name}_class(const int32_t outputs[${upper}_OUTPUTS]) {`;
  yield '  uint32_t best = 0;';
  yield `  for (uint32_t index = 1; index < ${upper}_OUTPUTS; index++) {`;
  yield '    if (outputs[index] > outputs[best]) best = index;';
  yield '  }';
  yield '  return best;';
  yield '}';
  const scaled = scaledInputOf(name, network.input, trainedOn?.channels);
  if (scaled !== undefined) yield* scalingSource(scaled);
}

const ZERO_POINTS = 'zero_points';

interface LayerCode {
  readonly code: readonly string[];
  readonly call: string;
}

function writeLayer(c: CNetwork, layer: Layer, index: number): LayerCode {
  const { network, memory } = c;
  const isLast = index === network.layers.length - 1;
  const from = sourcesOf(layer, index).map((source) => (source < 0 ? inputOf(c) : storedAt(memory, source)));
  const to = isLast ? { form: 'outputs' as const, pointer: 'outputs' } : storedAt(memory, index);
  const name = `layer${index}`;
  const type = ({ form }: Values): string => (form === 'input' ? 'uint8_t' : 'uint32_t');
  const parameters = from.map((values, at) => `const ${type(values)} *${at === 0 ? 'from' : 'other'}`);
  const target = `${isLast ? 'int32_t' : 'uint32_t'} *to`;
  return {
    code: [
      `/* ${describe(layer)} */`,
      ...tablesOf(layer, name),
      `static void ${name}(${[...parameters, target].join(', ')}) {`,
      ...[...bodyOf(layer, name, from, to)].map((line) => `  ${line}`),
      '}',
    ],
    call: `${name}(${[...from, to].map(({ pointer }) => pointer).join(', ')});`,
  };
}

function inputOf({ network: { input }, workWords }: CNetwork): Values {
  const { bits, count, zeroPoints, preparation } = input;
  const zeroPointFields =
    zeroPoints === undefined ? {} : { zeroPoints: { table: ZERO_POINTS, channels: zeroPoints.length } };
  return bits === 1
    ? { pointer: `work + ${workWords - Math.ceil(count / 32)}`, form: 'bits', ...zeroPointFields }
    : { pointer: preparation === undefined ? 'input' : 'prepared', form: 'input', ...zeroPointFields };
}

const storedAt = ({ outputs }: MemoryPlan, index: number): Values => ({
  pointer: `work + ${outputs[index].offset / 4}`,
  form: outputs[index].form,
});

function describe(layer: Layer): string {
  const picture = (shape: PictureShape): string => shape.join(' x ');
  switch (layer.kind) {
    case 'dense':
      return `dense: ${layer.inputs} values to ${layer.outputs}`;
    case 'convolution':
      return `convolution of ${layer.size.join(' x ')}: ${picture(layer.inputShape)} values to ${picture(layer.outputShape)}`;
    case 'pool':
      return `${layer.operation} of ${layer.size.join(' x ')}: ${picture(layer.inputShape)} values to ${picture(layer.outputShape)}`;
    case 'add':
      return `sum of layers ${layer.from.join(' and ')}: ${inputsOf(layer)} values`;
    case 'activation':
      return `activation: ${picture(layer.inputShape)} values`;
    case 'logic':
      return `logic: ${picture(layer.outputShape)} tables of ${layer.tableInputs} of ${inputsOf(layer)} bits`;
    case 'thermometer':
      return `thermometer: ${picture(layer.inputShape)} values, ${levelsOf(layer)} bits each`;
  }
}
