import { constantOf, sizeOf, type Constant } from './constant.js';
import { listAttribute, numberAttribute, type GraphNode } from './graph.js';
import { inOrder, spread, transposed } from './layout.js';
import { gridOf, onGrid } from './quantization.js';
import { refusal } from './refusal.js';

/** Computes the output of a node all of whose inputs are constants. @throws ModelError for operators it does not know */
export function fold(node: GraphNode, inputs: readonly (Constant | undefined)[]): Constant {
  const { operator } = node;
  if (operator === 'Constant') return literal(node);
  const given = inputs.filter((input) => input !== undefined);
  const [first, second] = given;
  if (Object.hasOwn(UNARY, operator)) return mapped(first, UNARY[operator]);
  if (Object.hasOwn(BINARY, operator)) return combined(node, first, second, BINARY[operator]);
  switch (operator) {
    case 'Identity':
    case 'Dropout':
      return first;
    case 'Cast':
      return CAST_TO_WHOLE.includes(numberAttribute(node, 'to', 1)) ? mapped(first, Math.trunc) : first;
    case 'Transpose':
      return transposedConstant(node, first);
    case 'Reshape':
    case 'Flatten':
    case 'Squeeze':
    case 'Unsqueeze':
      return { ...first, dims: dimsAfter(node, first.dims, second) };
    case 'Where':
      return chosen(node, given);
    case 'Shape':
      return constantOf([first.dims.length], first.dims);
    case 'Gather':
      if (first.dims.length === 1)
        return constantOf(
          second.dims,
          second.values.map((at) => first.values.at(at) ?? NaN),
        );
      break;
    case 'Concat':
      if (given.every(({ dims }) => dims.length === 1))
        return constantOf(
          [sizeOf(given.map(({ values }) => values.length))],
          given.flatMap(({ values }) => [...values]),
        );
      break;
    case 'BipolarQuant':
      return bipolar(node, first, second);
    case 'Quant':
    case 'IntQuant':
      return quantized(node, given);
    case 'DequantizeLinear':
      return dequantized(node, given);
  }
  throw refusal(
    node,
    'computes a constant by an operator that is not known here',
    'Simplify the graph before exporting it.',
  );
}

/** ONNX types of whole numbers. */
const CAST_TO_WHOLE: readonly number[] = [2, 3, 4, 5, 6, 7, 12, 13];

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  Neg: (value) => -value,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (value) => 1 / value,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Exp: Math.exp,
  Tanh: Math.tanh,
  Sign: Math.sign,
  Relu: (value) => Math.max(value, 0),
  Not: (value) => (value === 0 ? 1 : 0),
};

const BINARY: Readonly<Record<string, (one: number, other: number) => number>> = {
  Add: (one, other) => one + other,
  Sub: (one, other) => one - other,
  Mul: (one, other) => one * other,
  Div: (one, other) => one / other,
  Pow: (one, other) => one ** other,
  Min: Math.min,
  Max: Math.max,
  GreaterOrEqual: (one, other) => (one >= other ? 1 : 0),
  Greater: (one, other) => (one > other ? 1 : 0),
  LessOrEqual: (one, other) => (one <= other ? 1 : 0),
  Less: (one, other) => (one < other ? 1 : 0),
};

const mapped = ({ dims, values }: Constant, change: (value: number) => number): Constant =>
  constantOf(dims, values.map(change));

function literal(node: GraphNode): Constant {
  for (const [name, value] of node.attributes) {
    if (typeof value === 'object' && 'kind' in value) return value;
    if (typeof value === 'number') return constantOf([], [value]);
    if (typeof value === 'object' && name.startsWith('value')) return constantOf([value.length], value);
  }
  throw refusal(node, 'holds no number', 'Export the graph again.');
}

/** Returns a constant of larger dims, by the rules of broadcasting. */
function broadcast(node: GraphNode, { dims, values }: Constant, to: readonly number[]): ArrayLike<number> {
  const made = spreadWhole(dims, values, to);
  if (made === undefined) throw refusal(node, 'combines constants of other shapes', 'Export the graph again.');
  return made;
}

function spreadWhole(
  dims: readonly number[],
  values: Float64Array,
  to: readonly number[],
): ArrayLike<number> | undefined {
  const count = sizeOf(to);
  if (values.length === count) return values;
  const found = spread(inOrder(to), dims, values, count);
  return found?.length === 1 ? new Float64Array(count).fill(found[0]) : found;
}

function combined(
  node: GraphNode,
  one: Constant,
  other: Constant,
  change: (one: number, other: number) => number,
): Constant {
  const dims = commonDims([one.dims, other.dims]);
  const [left, right] = [broadcast(node, one, dims), broadcast(node, other, dims)];
  return constantOf(
    dims,
    Float64Array.from(left, (value, index) => change(value, right[index])),
  );
}

function commonDims(all: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...all.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => Math.max(...all.map((dims) => dims.at(axis - rank) ?? 1)));
}

function chosen(node: GraphNode, inputs: readonly Constant[]): Constant {
  const dims = commonDims(inputs.map((input) => input.dims));
  const [isFirst, one, other] = inputs.map((input) => broadcast(node, input, dims));
  return constantOf(
    dims,
    Float64Array.from(isFirst, (value, index) => (value !== 0 ? one : other)[index]),
  );
}

function transposedConstant(node: GraphNode, constant: Constant): Constant {
  const { dims, values, steps } = constant;
  const permutation = listAttribute(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
  // The layout of a tensor has a batch in front.
  const layout = transposed(inOrder(dims), [0, ...permutation.map((axis) => axis + 1)]);
  if (layout === undefined) throw refusal(node, 'has another rank than its input', 'Export the graph again.');
  const moved = (from: Float64Array): Float64Array => Float64Array.from(layout.order, (place) => from[place]);
  return constantOf(layout.shape, moved(values), steps && moved(steps));
}

/** Returns the dimensions that Reshape, Flatten, Squeeze and Unsqueeze make of dimensions with the batch in front. */
export function dimsAfter(
  node: GraphNode,
  dims: readonly number[],
  parameter: Constant | undefined,
): readonly number[] {
  const rank = dims.length;
  const axesOf = (of: number): readonly number[] | undefined => {
    const axes = parameter === undefined ? listAttribute(node, 'axes') : [...parameter.values];
    return axes?.map((axis) => (axis < 0 ? axis + of : axis));
  };
  switch (node.operator) {
    case 'Reshape': {
      const wanted = parameter === undefined ? (listAttribute(node, 'shape') ?? []) : [...parameter.values];
      const known = wanted.map((size, axis) => (size === 0 ? dims[axis] : size));
      const rest = sizeOf(dims) / sizeOf(known.filter((size) => size !== -1));
      return known.map((size) => (size === -1 ? rest : size));
    }
    case 'Flatten': {
      const at = numberAttribute(node, 'axis', 1);
      const axis = at < 0 ? at + rank : at;
      return [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))];
    }
    case 'Squeeze': {
      const axes = axesOf(rank);
      return dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
    }
    default: {
      const axes = axesOf(rank + (parameter?.values.length ?? listAttribute(node, 'axes')?.length ?? 0)) ?? [];
      const rest = [...dims];
      return Array.from({ length: rank + axes.length }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)));
    }
  }
}

function bipolar(node: GraphNode, { dims, values }: Constant, scale: Constant): Constant {
  const scales = broadcast(node, scale, dims);
  return constantOf(
    dims,
    values.map((value, index) => (value >= 0 ? scales[index] : -scales[index])),
  );
}

function quantized(node: GraphNode, [of, scale, zero, bits]: readonly Constant[]): Constant {
  const grid = gridOf(node, bits.values[0]);
  // QONNX reads one signed bit as a sign.
  if (bits.values[0] === 1 && grid.minimum < 0) return bipolar(node, of, scale);
  const steps = Float64Array.from(broadcast(node, scale, of.dims));
  const zeros = broadcast(node, zero, of.dims);
  const values = of.values.map((value, index) => {
    return (onGrid(grid, value / steps[index] + zeros[index]) - zeros[index]) * steps[index];
  });
  return constantOf(of.dims, values, steps);
}

function dequantized(node: GraphNode, [of, scale, zero]: readonly Constant[]): Constant {
  // One scale a channel lies along an axis of its own.
  const axis = numberAttribute(node, 'axis', 1);
  const along = ({ values }: Constant): Constant =>
    values.length === 1
      ? constantOf([], values)
      : constantOf(
          of.dims.map((size, at) => (at === axis ? size : 1)),
          values,
        );
  const steps = Float64Array.from(broadcast(node, along(scale), of.dims));
  const zeros = (zero as Constant | undefined) && broadcast(node, along(zero), of.dims);
  const values = of.values.map((value, index) => (value - (zeros?.[index] ?? 0)) * steps[index]);
  return constantOf(of.dims, values, steps);
}
