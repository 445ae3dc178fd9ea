import { storedBytes, type StoredValues } from '../../network/memory.js';
import {
  inputsOf,
  isBinary,
  levelsOf,
  outputsOf,
  type Activation,
  type ConvolutionLayer,
  type DenseLayer,
  type Layer,
  type LogicLayer,
  type PoolLayer,
} from '../../network/network.js';

/** An array of values in the generated C. */
export interface Values {
  /** A pointer to 32-bit words. For form `u8` and for the outputs, a pointer to the type itself. */
  readonly pointer: string;
  readonly form: StoredValues['form'] | 'outputs' | 'input';
  /** The name of the table that is subtracted by channel. */
  readonly zeroPoints?: { readonly table: string; readonly channels: number };
}

/** Writes the body of the function that runs one layer: it reads `from` and `other`, and writes `to`. */
export function* bodyOf(layer: Layer, name: string, from: readonly Values[], to: Values): Generator<string> {
  if (to.form === 'bits') yield `memset(to, 0, ${storedBytes('bits', outputsOf(layer))}u);`;
  switch (layer.kind) {
    case 'dense':
      yield* dense(layer, name, from[0], to);
      return;
    case 'convolution':
      yield* convolution(layer, name, from[0], to);
      return;
    case 'pool':
      yield* pool(layer, name, from[0], to);
      return;
    case 'add':
      yield* each(`uint32_t index = 0; index < ${inputsOf(layer)}u; index++`, [
        put(to, 'index', `${at(from[0], 'index')} + ${at(from[1], 'index', 'other')}`),
      ]);
      return;
    case 'activation': {
      const [height, width, channels] = layer.inputShape;
      yield* each(`uint32_t place = 0; place < ${height * width}u; place++`, [
        ...each(`uint32_t channel = 0; channel < ${channels}u; channel++`, [
          `const uint32_t index = ${channels}u * place + channel;`,
          `const int32_t sum = ${at(from[0], 'index')};`,
          ...activate(layer.activation, name, to, 'index'),
        ]),
      ]);
      return;
    }
    case 'logic':
      yield* logic(layer, name, from[0], to);
      return;
    case 'thermometer': {
      const [height, width, channels] = layer.inputShape;
      const bits = outputsOf(layer) / (height * width);
      yield* each(`uint32_t place = 0; place < ${height * width}u; place++`, [
        ...each(`uint32_t channel = 0; channel < ${bits}u; channel++`, [
          `const uint32_t index = ${bits}u * place + channel;`,
          `const int32_t sum = ${at(from[0], `${channels}u * place + channel / ${levelsOf(layer)}u`)};`,
          ...activate(layer.activation, name, to, 'index'),
        ]),
      ]);
    }
  }
}

/** Writes the look-ups of all tables. */
function* logic({ tableInputs, masks }: LogicLayer, name: string, from: Values, to: Values): Generator<string> {
  const mask = masks.wordsPerRow === 1 ? `${name}_masks[table]` : `${name}_masks[2u * table + entry / 32u]`;
  yield* each(`uint32_t table = 0; table < ${masks.rows}u; table++`, [
    'uint32_t entry = 0;',
    ...each(`uint32_t pin = 0; pin < ${tableInputs}u; pin++`, [
      `entry |= (uint32_t)${at(from, `${name}_wires[${tableInputs}u * table + pin]`)} << pin;`,
    ]),
    put(to, 'table', `((uint32_t)${mask} >> (entry % 32u)) & 1u`),
  ]);
}

/** Writes a loop with its body. */
const each = (head: string, body: readonly string[]): string[] => [
  `for (${head}) {`,
  ...body.map((line) => `  ${line}`),
  '}',
];

/** Puts a sum in parentheses, so that it can be an operand of any operator. */
const whole = (expression: string): string => (/ [-+*] /.test(expression) ? `(${expression})` : expression);

/** Gives the expression for value number `index` of an array. */
function at({ form, zeroPoints }: Values, index: string, pointer = 'from'): string {
  const value = {
    bits: `bit_at(${pointer}, ${index})`,
    input: `(int32_t)${pointer}[${index}]`,
    u8: `(int32_t)((const uint8_t *)${pointer})[${index}]`,
    i8: `(int32_t)((const int8_t *)${pointer})[${index}]`,
    i16: `i16_at(${pointer}, ${index})`,
    i32: `((const int32_t *)${pointer})[${index}]`,
    outputs: `${pointer}[${index}]`,
  }[form];
  return zeroPoints === undefined ? value : `${value} - ${zeroPoints.table}[${whole(index)} % ${zeroPoints.channels}u]`;
}

/** Gives the statement that stores a value. Bits must be zero before. */
function put({ form }: Values, index: string, value: string): string {
  switch (form) {
    case 'bits':
      return `to[${whole(index)} / 32u] |= (uint32_t)(${value}) << (${whole(index)} % 32u);`;
    case 'i16':
      return `put_i16(to, ${index}, ${value});`;
    case 'u8':
      return `((uint8_t *)to)[${index}] = (uint8_t)(${value});`;
    case 'i8':
      return `((int8_t *)to)[${index}] = (int8_t)(${value});`;
    case 'i32':
      return `((int32_t *)to)[${index}] = ${value};`;
    case 'outputs':
    case 'input':
      return `to[${index}] = ${value};`;
  }
}

/** Writes the statements that activate `sum` and store the value. */
function activate(activation: Activation, name: string, to: Values, index: string): string[] {
  switch (activation.kind) {
    case 'threshold': {
      const fires = `sum >= ${name}_thresholds[channel]`;
      return [
        put(to, index, activation.inverted === undefined ? fires : `(${fires}) != (${name}_inverted[channel] != 0u)`),
      ];
    }
    case 'requantize': {
      const scaled = `shifted_right(sum * ${name}_multipliers[channel] + ${name}_offsets[channel], ${activation.shift}u)`;
      return [
        `const int32_t scaled = ${scaled};`,
        put(to, index, `clamp(scaled, ${activation.minimum}, ${activation.maximum})`),
      ];
    }
    case 'integer': {
      const raised = activation.shift === 0 ? 'sum' : `sum * ${2 ** activation.shift}`;
      return [put(to, index, `${raised} + ${name}_offsets[channel]`)];
    }
  }
}

function* dense(layer: DenseLayer, name: string, from: Values, to: Values): Generator<string> {
  const packed = readsPacked(layer, from);
  const value = packed ? '' : signed(layer, at(from, 'index'));
  const { before, sum } = weigh(layer, name, packed ? { bits: 'from' } : { value });
  yield* before;
  yield* each(`uint32_t channel = 0; channel < ${layer.outputs}u; channel++`, [
    ...sum,
    ...activate(layer.activation, name, to, 'channel'),
  ]);
}

function* convolution(layer: ConvolutionLayer, name: string, from: Values, to: Values): Generator<string> {
  const { inputShape, outputShape, size, stride, padding, weights } = layer;
  const [inHeight, inWidth, channels] = inputShape;
  const [height, width, filters] = outputShape;
  const packed = readsPacked(layer, from);
  const hasInside = packed && layer.inputEncoding === 'bipolar';
  const words = Math.ceil(weights.columns / 32);
  const value = at(from, `${channels}u * (${inWidth}u * in_y + in_x) + input`);
  const taken = packed ? { bits: 'window', ...(hasInside && { inside: 'inside' }) } : { value: 'window[index]' };
  const { before, sum } = weigh(layer, name, taken);
  const place = [
    packed ? `uint32_t window[${words}] = {0};` : `int32_t window[${weights.columns}] = {0};`,
    ...(hasInside ? [`uint32_t inside[${words}] = {0};`] : []),
    ...each(`uint32_t tap = 0; tap < ${size[0] * size[1]}u; tap++`, [
      // Positions before the picture wrap around to large numbers.
      `const uint32_t in_y = ${stride[0]}u * y + tap / ${size[1]}u - ${padding[0]}u;`,
      `const uint32_t in_x = ${stride[1]}u * x + tap % ${size[1]}u - ${padding[1]}u;`,
      `if (in_y >= ${inHeight}u || in_x >= ${inWidth}u) continue;`,
      ...each(`uint32_t input = 0; input < ${channels}u; input++`, [
        `const uint32_t index = ${channels}u * tap + input;`,
        packed
          ? `window[index / 32u] |= (uint32_t)${value} << (index % 32u);`
          : `window[index] = ${signed(layer, value)};`,
        ...(hasInside ? ['inside[index / 32u] |= UINT32_C(1) << (index % 32u);'] : []),
      ]),
    ]),
    ...before,
    ...each(`uint32_t channel = 0; channel < ${filters}u; channel++`, [
      ...sum,
      ...activate(layer.activation, name, to, `${filters}u * (${width}u * y + x) + channel`),
    ]),
  ];
  yield* each(`uint32_t y = 0; y < ${height}u; y++`, each(`uint32_t x = 0; x < ${width}u; x++`, place));
}

/** Tells whether values are bits that are combined with binary weights word by word. */
const readsPacked = (layer: DenseLayer | ConvolutionLayer, from: Values): boolean =>
  from.form === 'bits' && from.zeroPoints === undefined && isBinary(layer.weights);

const signed = ({ inputEncoding }: DenseLayer | ConvolutionLayer, value: string): string =>
  inputEncoding === 'bipolar' ? `2 * ${value} - 1` : value;

/**
 * The operand of the weights: an array of packed bits and a mask of those that count, or an expression for number
 * `index`.
 */
type Taken = { readonly bits: string; readonly inside?: string } | { readonly value: string };

/** Writes the weighted sum of a channel, and before it the part that is the same for all channels. */
function weigh(
  { weights, inputEncoding }: DenseLayer | ConvolutionLayer,
  name: string,
  taken: Taken,
): { readonly before: readonly string[]; readonly sum: readonly string[] } {
  const row = `${name}_weights[channel]`;
  const eachWord = `uint32_t word = 0; word < ${Math.ceil(weights.columns / 32)}u; word++`;
  const eachIndex = `uint32_t index = 0; index < ${weights.columns}u; index++`;
  const count = (variable: string, loop: string, term: string): string[] => [
    `int32_t ${variable} = 0;`,
    ...each(loop, [`${variable} += ${term};`]),
  ];
  const ones = (bits: string): string => `(int32_t)popcount(${bits})`;
  if ('value' in taken) {
    const { value } = taken;
    if (!isBinary(weights)) return { before: [], sum: count('sum', eachIndex, `${row}[index] * ${whole(value)}`) };
    // Every value is subtracted once, so those of weight +1 are added twice.
    return {
      before: count('total', eachIndex, value),
      sum: [
        ...count('chosen', eachIndex, `${whole(value)} & -bit_at(${row}, index)`),
        'const int32_t sum = 2 * chosen - total;',
      ],
    };
  }
  const { bits, inside } = taken;
  if (inputEncoding === 'unsigned') {
    return {
      before: count('total', eachWord, ones(`${bits}[word]`)),
      sum: [...count('both', eachWord, ones(`${bits}[word] & ${row}[word]`)), 'const int32_t sum = 2 * both - total;'],
    };
  }
  const different = `${bits}[word] ^ ${row}[word]`;
  return {
    before:
      inside === undefined
        ? [`const int32_t total = ${weights.columns};`]
        : count('total', eachWord, ones(`${inside}[word]`)),
    sum: [
      ...count('different', eachWord, ones(inside === undefined ? different : `(${different}) & ${inside}[word]`)),
      'const int32_t sum = total - 2 * different;',
    ],
  };
}

function* pool(layer: PoolLayer, name: string, from: Values, to: Values): Generator<string> {
  const { inputShape, outputShape, size, stride, operation, takesMinimum } = layer;
  const [, inWidth, channels] = inputShape;
  const [height, width] = outputShape;
  const index = `${channels}u * (${width}u * y + x) + channel`;
  const better =
    takesMinimum === undefined
      ? 'value > result'
      : `${name}_takes_minimum[channel] != 0u ? value < result : value > result`;
  const place = [
    'int32_t result = 0;',
    ...each(`uint32_t tap = 0; tap < ${size[0] * size[1]}u; tap++`, [
      `const uint32_t in_y = ${stride[0]}u * y + tap / ${size[1]}u;`,
      `const uint32_t in_x = ${stride[1]}u * x + tap % ${size[1]}u;`,
      `const int32_t value = ${at(from, `${channels}u * (${inWidth}u * in_y + in_x) + channel`)};`,
      operation === 'sum' ? 'result += value;' : `if (tap == 0u || (${better})) result = value;`,
    ]),
    put(to, index, 'result'),
  ];
  yield* each(
    `uint32_t y = 0; y < ${height}u; y++`,
    each(`uint32_t x = 0; x < ${width}u; x++`, each(`uint32_t channel = 0; channel < ${channels}u; channel++`, place)),
  );
}
