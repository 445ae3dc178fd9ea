import {
  inputsOf,
  isBinary,
  type Activation,
  type Layer,
  type LogicLayer,
  type Weights,
} from '../../network/network.js';

const LINE = 120;

/** Writes the weights and constants of a layer as constant arrays, which a linker puts into flash. */
export function* tablesOf(layer: Layer, name: string): Generator<string> {
  if (layer.kind === 'dense' || layer.kind === 'convolution') yield* weightTable(layer.weights, `${name}_weights`);
  if (layer.kind === 'logic') yield* logicTables(layer, name);
  if ('activation' in layer) yield* activationTables(layer.activation, name);
  if (layer.kind === 'pool' && layer.takesMinimum !== undefined)
    yield* table('uint8_t', `${name}_takes_minimum`, layer.takesMinimum);
}

function* weightTable(weights: Weights, name: string): Generator<string> {
  const { rows } = weights;
  const [type, width, texts] = isBinary(weights)
    ? (['uint32_t', weights.wordsPerRow, Array.from(weights.words, hexadecimal)] as const)
    : (['int8_t', weights.columns, Array.from(weights.values, String)] as const);
  yield `static const ${type} ${name}[${rows}][${width}] = {`;
  for (let row = 0; row < rows; row++) yield* wrapped(texts.slice(row * width, (row + 1) * width), '    {', '},');
  yield '};';
}

/** Writes wires and masks as the smallest numbers that hold them; a mask of 64 bits is two. */
function* logicTables(layer: LogicLayer, name: string): Generator<string> {
  const { wires, masks } = layer;
  yield* table(unsignedFor(inputsOf(layer) - 1), `${name}_wires`, wires);
  yield `static const ${unsignedFor(2 ** Math.min(32, masks.columns) - 1)} ${name}_masks[${masks.words.length}] = {`;
  yield* wrapped(Array.from(masks.words, hexadecimal), '    ', ',');
  yield '};';
}

const unsignedFor = (largest: number): string =>
  largest <= 0xff ? 'uint8_t' : largest <= 0xffff ? 'uint16_t' : 'uint32_t';

function* activationTables(activation: Activation, name: string): Generator<string> {
  switch (activation.kind) {
    case 'threshold':
      yield* table('int32_t', `${name}_thresholds`, activation.thresholds);
      if (activation.inverted !== undefined) yield* table('uint8_t', `${name}_inverted`, activation.inverted);
      return;
    case 'requantize':
      yield* table('int32_t', `${name}_multipliers`, activation.multipliers);
      yield* table('int32_t', `${name}_offsets`, activation.offsets);
      return;
    case 'integer':
      yield* table('int32_t', `${name}_offsets`, activation.offsets);
  }
}

/** Writes an array of numbers. */
export function* table(type: string, name: string, values: ArrayLike<number>): Generator<string> {
  yield `static const ${type} ${name}[${values.length}] = {`;
  yield* wrapped(Array.from(values, literal), '    ', ',');
  yield '};';
}

/** Writes a 32-bit integer in C. The smallest one has no literal of its own. */
export const literal = (value: number): string => (value === -0x80000000 ? '-2147483647 - 1' : String(value));

/** Makes text safe inside a comment. */
export const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, ' ').replace(/\*\//g, '* /');

const hexadecimal = (word: number): string => `0x${word.toString(16).padStart(8, '0')}u`;

function* wrapped(texts: readonly string[], start: string, end: string): Generator<string> {
  let line = start;
  for (const [index, text] of texts.entries()) {
    const next = `${text}${index === texts.length - 1 ? end : ', '}`;
    if (line.trimEnd().length + next.length > LINE) {
      yield line.trimEnd();
      line = ' '.repeat(start.length);
    }
    line += next;
  }
  yield line.trimEnd();
}
