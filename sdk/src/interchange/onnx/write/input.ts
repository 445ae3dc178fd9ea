import { decodeMuLaw, STEPS_UNIT, type Preparation } from '@adiabit/simulator/network';
import { ModelError } from '@adiabit/simulator/errors';
import type { BinarizedModel, PictureShape } from '../../../model/model.js';
import { inputRange } from '../../../model/ranges.js';
import type { GraphWriter } from './graph-writer.js';
import { Values } from './values.js';

/** Adds what makes the first layer's values of the input: the preparation, less the zero points. */
export function writeInput(writer: GraphWriter, { input }: BinarizedModel, shape: PictureShape, name: string): Values {
  const { preparation, zeroPoints, count } = input;
  const form = shape[0] * shape[1] > 1 ? 'pictures' : 'rows';
  const dims = form === 'pictures' ? shape : [count];
  const prepared = preparation === undefined ? name : writePreparation(writer, preparation, count, name, dims);
  const start = writer.cast(`${name}/values`, prepared, 'float');
  const points = zeroPoints?.some((point) => point !== 0) === true ? zeroPoints : undefined;
  const moved =
    points === undefined
      ? start
      : writer.node('Sub', `${name}/centred`, [
          start,
          writer.constant(`${name}/zero_points`, 'float', [points.length], points),
        ]);
  return new Values(writer, moved, form, shape, 'float', inputRange(input));
}

/** The largest n^2 times the variance of n samples, so that all fits 64 bits with their sign. */
const LARGEST_VARIANCE = 2 ** 62;
const FACTOR_BITS = 35;
const SHIFT = FACTOR_BITS + Math.log2(STEPS_UNIT);

/** Adds the preparation of recorded examples in 64-bit integers: the formula of `prepared`, step by step. */
function writePreparation(
  writer: GraphWriter,
  { samples, steps }: Preparation,
  count: number,
  input: string,
  dims: readonly number[],
): string {
  const table = Array.from({ length: 256 }, (_, byte) => (samples === 'muLaw' ? decodeMuLaw(byte) : byte));
  const largest = Math.max(...table.map(Math.abs));
  if (count ** 2 * largest ** 2 >= LARGEST_VARIANCE) {
    throw new ModelError(
      'unsupported-layer',
      `The preparation of ${count} samples does not fit the 64-bit integers of ONNX. Use shorter recordings.`,
      { count },
    );
  }
  const on = (step: string): string => `${input}/${step}`;
  const node = (operator: string, step: string, ...inputs: readonly string[]): string =>
    writer.node(operator, on(step), inputs);
  const number = (value: number): string => writer.scalar('int64', value);
  const as = (step: string, of: string, type: 'int64' | 'double'): string => writer.cast(on(step), of, type);
  const integers = (step: string, values: readonly number[]): string =>
    writer.constant(on(step), 'int64', [values.length], values);

  const index = as('bytes', writer.node('Flatten', on('row'), [input], { axis: 1 }), 'int64');
  const sample = writer.node('Gather', on('samples'), [integers('sample_of_byte', table), index]);
  const total = node('ReduceSum', 'sum', sample, integers('axis', [1]));
  const squares = node('ReduceSum', 'sum_of_squares', node('Mul', 'squares', sample, sample), on('axis'));
  const n = number(count);
  const variance = node(
    'Max',
    'variance',
    node('Sub', 'variance_or_0', node('Mul', 'n_squares', squares, n), node('Mul', 'square_of_sum', total, total)),
    number(1),
  );
  // The exponent e is the number of k in 1..31 with variance < 4^(32 - k); the first of them always holds.
  const bounds = integers(
    'bounds',
    Array.from({ length: 31 }, (_, k) => 4 ** (31 - k)),
  );
  const exponent = writer.node('ReduceSum', on('exponent'), [
    as('exponents', node('Less', 'is_below', variance, bounds), 'int64'),
    on('axis'),
  ]);
  const powers = (step: string, of: (e: number) => number): string =>
    node(
      'Gather',
      step,
      integers(
        `${step}_table`,
        Array.from({ length: 32 }, (_, e) => of(e)),
      ),
      exponent,
    );
  // A quarter of variance * 4^e, whose root fits a signed number; twice that root, or one more, is the root itself.
  const quarter = node(
    'Mul',
    'quarter',
    variance,
    powers('scale', (e) => 4 ** Math.max(e - 1, 0)),
  );
  const near = as(
    'near',
    node('Floor', 'near_root', node('Sqrt', 'root_of_quarter', as('quarter_real', quarter, 'double'))),
    'int64',
  );
  const tooLarge = as(
    'too_large',
    node('Greater', 'is_too_large', node('Mul', 'near_square', near, near), quarter),
    'int64',
  );
  const lower = node('Sub', 'lower', near, tooLarge);
  const next = node('Add', 'next', lower, number(1));
  const tooSmall = as(
    'too_small',
    node('LessOrEqual', 'is_too_small', node('Mul', 'next_square', next, next), quarter),
    'int64',
  );
  const half = node('Add', 'half_root', lower, tooSmall);
  const odd = as(
    'odd',
    node('Less', 'is_odd', node('Mul', 'half_product', half, node('Add', 'half_next', half, number(1))), quarter),
    'int64',
  );
  const root = node('Add', 'root', node('Add', 'even_root', half, half), odd);
  const factor = node('Div', 'factor', number(steps * 2 ** FACTOR_BITS), root);
  const product = node('Mul', 'product', node('Sub', 'distance', node('Mul', 'n_samples', sample, n), total), factor);
  const rounded = node(
    'Add',
    'rounded',
    product,
    powers('half', (e) => 2 ** (SHIFT - e - 1)),
  );
  const unit = powers('unit', (e) => 2 ** (SHIFT - e));
  const whole = node('Div', 'steps', node('Sub', 'without_rest', rounded, node('Mod', 'rest', rounded, unit)), unit);
  const held = node(
    'Min',
    'at_most_255',
    node('Max', 'at_least_0', node('Add', 'moved', whole, number(128)), number(0)),
    number(255),
  );
  return node('Reshape', 'prepared', held, integers('shape', [0, ...dims]));
}
