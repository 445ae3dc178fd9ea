import { constantOf, type Constant } from './constant.js';
import { fold } from './fold.js';
import { listAttribute, numberAttribute, type Graph, type GraphNode } from './graph.js';
import { normalized, together, withConstant } from './arithmetic.js';
import { layoutAfter } from './input.js';
import { throughGlobalPool, throughPool } from './pools.js';
import { byteGrid, gridOf, onGrid, type Rounding } from './quantization.js';
import { refusal } from './refusal.js';
import { canBeZero, chosenBy, conditionOf, quantized } from './steps.js';
import { isThermometer, thermometerOf } from './thermometer.js';
import { one, zero } from '../../../train/freezing/affine.js';
import {
  along,
  changed,
  fractionsOf,
  type Condition,
  type Limits,
  type Operand,
  type Reading,
  type Value,
} from './value.js';
import { biased, throughMatrix, throughWindows } from './weighted.js';

/** Goes through the nodes of a graph, and returns its outputs. @throws ModelError naming the node that has no form here */
export function walkGraph(
  { nodes, outputs }: Graph,
  reading: Reading,
  known: ReadonlyMap<string, Operand>,
): readonly (Operand | undefined)[] {
  const operands = new Map(known);
  const readers = countReaders(nodes, outputs);
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => {
      if (name === '' || operands.has(name)) return operands.get(name);
      throw refusal(node, `takes "${name}", which no earlier node gives`, 'Export the graph again.');
    });
    const [output] = node.outputs;
    const made = throughNode(reading, node, inputs);
    operands.set(output, (readers.get(output) ?? 0) > 1 ? settled(reading, made) : made);
  }
  return outputs.map((name) => operands.get(name));
}

/** Counts who takes a tensor's values. */
function countReaders(nodes: readonly GraphNode[], outputs: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const reads = [...nodes.filter(({ operator }) => operator !== 'Shape').flatMap(({ inputs }) => inputs), ...outputs];
  for (const name of reads) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Several readers take the same integers, so they are made once. */
function settled({ builder }: Reading, operand: Operand): Operand {
  return operand.kind === 'value' ? { ...operand, place: builder.settle(operand.place) } : operand;
}

function throughNode(reading: Reading, node: GraphNode, inputs: readonly (Operand | undefined)[]): Operand {
  const [first, second] = inputs;
  if (inputs.every((input) => input === undefined || input.kind === 'constant')) {
    return fold(node, inputs as readonly (Constant | undefined)[]);
  }
  if (first?.kind === 'condition') return throughCondition(reading, node, first, inputs);
  if (first?.kind === 'answer') return first;
  if (first?.kind === 'value' && second?.kind === 'value') {
    if (node.operator === 'Add' || node.operator === 'Sub') return together(reading, node, first, second);
    throw refusal(node, 'combines two values of the network', 'Only Add and Sub do.');
  }
  const value = inputs.find((input) => input?.kind === 'value');
  const constants = inputs.map((input) => (input?.kind === 'constant' ? input : undefined));
  if (value === undefined) throw refusal(node, 'takes a class or a comparison as a number', 'Use Where or Cast.');
  return throughValue(reading, node, value, constants);
}

function throughValue(
  reading: Reading,
  node: GraphNode,
  value: Value,
  constants: readonly (Constant | undefined)[],
): Operand {
  const [, second, third] = constants;
  const constant = (at: number): Constant => {
    const found = constants[at];
    if (found !== undefined) return found;
    throw refusal(node, `takes input ${at} from the network`, 'It has to be a constant.');
  };
  const at = (slope = one, intercept = zero): Value => changed(reading, node, value, [slope], [intercept]);
  switch (node.operator) {
    case 'Identity':
    case 'Dropout':
      return value;
    case 'Cast':
      // Integers that stand for whole numbers need not be these: a step may be a part of one.
      if (!REAL_TYPES.includes(numberAttribute(node, 'to', 1)) && !isWhole(value)) reading.note('taken-as-whole', node);
      return value;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return withConstant(reading, node, value, constant(second === undefined ? 0 : 1), second === undefined);
    case 'Neg':
      return at(one.neg());
    case 'BatchNormalization':
      return normalized(reading, node, value, [constant(1), constant(2), constant(3), constant(4)]);
    case 'MatMul':
      return throughMatrix(reading, node, value, constant(1), false);
    case 'Gemm':
      return throughGemm(reading, node, value, constant(1), third);
    case 'Conv':
      return throughWindows(reading, node, value, constant(1), third);
    case 'MaxPool':
    case 'AveragePool':
      return throughPool(reading, node, value);
    case 'GlobalMaxPool':
    case 'GlobalAveragePool':
      return throughGlobalPool(reading, node, value, true);
    case 'ReduceMean':
      return throughMean(reading, node, value, second);
    case 'Transpose':
    case 'Reshape':
    case 'Flatten':
    case 'Squeeze':
    case 'Unsqueeze': {
      const parameter = second === undefined ? [] : ([[node.inputs[1], second]] as const);
      const layout = layoutAfter(node, value, new Map(parameter));
      if (layout !== undefined) return { ...value, ...layout };
      throw refusal(node, 'moves the batch', 'Keep the batch in front.');
    }
    case 'Shape':
      return constantOf([value.shape.length + 1], [1, ...value.shape]);
    case 'Relu':
      return clipped(reading, node, value, { minimum: 0, maximum: Infinity });
    case 'Clip': {
      const limit = (name: string, given: Constant | undefined, otherwise: number): number =>
        given === undefined ? numberAttribute(node, name, otherwise) : given.values[0];
      const limits = { minimum: limit('min', second, -Infinity), maximum: limit('max', third, Infinity) };
      return clipped(reading, node, value, limits);
    }
    case 'Floor':
    case 'Ceil':
    case 'Round':
      return rounded(reading, node, value, ROUNDINGS[node.operator]);
    case 'Sign':
      if (canBeZero(value)) reading.note('sign-of-zero', node);
      return chosenBy(reading, conditionOf(node, value), [one], [one.neg()]);
    case 'BipolarQuant':
      return signed(reading, node, value, constant(1));
    case 'Quant':
    case 'IntQuant': {
      const [bits] = constant(3).values;
      const grid = gridOf(node, bits);
      if (bits === 1 && grid.minimum < 0) return signed(reading, node, value, constant(1));
      const scaling = { scale: along(node, value, constant(1)), zero: along(node, value, constant(2)) };
      return quantized(reading, node, value, grid, scaling);
    }
    case 'QuantizeLinear': {
      const scaling = { scale: along(node, value, constant(1)), zero: third ? along(node, value, third) : [0] };
      const real = quantized(reading, node, value, byteGrid(third?.isSignedBytes === true), scaling);
      const inverse = fractionsOf(scaling.scale).map((step) => one.div(step));
      return changed(reading, node, real, inverse, fractionsOf(scaling.zero));
    }
    case 'DequantizeLinear': {
      const zeros = third ? fractionsOf(along(node, value, third)) : [zero];
      const centred = changed(
        reading,
        node,
        value,
        [one],
        zeros.map((number) => number.neg()),
      );
      return changed(reading, node, centred, fractionsOf(along(node, value, constant(1))), [zero]);
    }
    case 'GreaterOrEqual':
    case 'Greater':
    case 'LessOrEqual':
    case 'Less':
      return compared(reading, node, value, constant(second === undefined ? 0 : 1), second === undefined);
    case 'Softmax':
    case 'LogSoftmax':
    case 'ArgMax':
      return { ...value, kind: 'answer', value };
    default:
      throw refusal(node, 'has no form here', `Known are ${OPERATORS}.`);
  }
}

const OPERATORS =
  'Gemm, MatMul, Conv, BatchNormalization, pools, Add, Sub, Mul, Div, Sign, BipolarQuant, Quant, comparisons, ' +
  'QuantizeLinear, DequantizeLinear, Relu and Clip before a quantisation, Round, Floor and Ceil with Clip, and ' +
  'operators that change shapes';

/** Float, half, double. */
const REAL_TYPES: readonly number[] = [1, 10, 11];

const isWhole = ({ place: { affine } }: Value): boolean =>
  [...affine.slopes, ...affine.intercepts].every(({ d }) => d === 1n);

function throughGemm(
  reading: Reading,
  node: GraphNode,
  value: Value,
  weights: Constant,
  bias: Constant | undefined,
): Value {
  if (numberAttribute(node, 'transA', 0) !== 0) throw refusal(node, 'transposes its input', 'Use transA = 0.');
  const [alpha, beta] = ['alpha', 'beta'].map((name) => numberAttribute(node, name, 1));
  const sums = throughMatrix(reading, node, value, weights, numberAttribute(node, 'transB', 0) === 1);
  const scaled = alpha === 1 ? sums : changed(reading, node, sums, fractionsOf([alpha]), [zero]);
  if (bias === undefined) return scaled;
  return biased(
    reading,
    node,
    scaled,
    beta === 1 ? bias : { ...bias, values: bias.values.map((number) => beta * number) },
  );
}

function throughMean(reading: Reading, node: GraphNode, value: Value, given: Constant | undefined): Value {
  const rank = value.shape.length + 1;
  const axes = given === undefined ? (listAttribute(node, 'axes') ?? []) : [...given.values];
  const over = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((left, right) => left - right);
  const places = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
  if (rank < 3 || over.join() !== places.join()) {
    throw refusal(node, `takes means over the axes ${over.join(', ')}`, 'Take them over all places of a picture.');
  }
  return throughGlobalPool(reading, node, value, numberAttribute(node, 'keepdims', 1) === 1);
}

const ROUNDINGS = { Floor: 'down', Ceil: 'up', Round: 'half-even' } as const;

function rounded(reading: Reading, node: GraphNode, { limits, ...value }: Value, rounding: Rounding): Value {
  if (isWhole(value) && limits === undefined) return value;
  if (limits === undefined) return { ...value, rounding };
  return whole(reading, node, { ...value, rounding }, limits);
}

function clipped(reading: Reading, node: GraphNode, value: Value, { minimum, maximum }: Limits): Value {
  const { limits = { minimum: -Infinity, maximum: Infinity } } = value;
  const held = (end: number): number => Math.min(Math.max(end, minimum), maximum);
  const made = { minimum: held(limits.minimum), maximum: held(limits.maximum) };
  return value.rounding === undefined ? { ...value, limits: made } : whole(reading, node, value, made);
}

/** Rounds to whole numbers within limits. */
function whole(reading: Reading, node: GraphNode, { rounding = 'half-even', ...value }: Value, limits: Limits): Value {
  const ends = [onGrid({ ...UNLIMITED, rounding }, limits.minimum), onGrid({ ...UNLIMITED, rounding }, limits.maximum)];
  if (!ends.every(Number.isFinite)) throw refusal(node, 'rounds to any whole number', 'Give Clip both limits.');
  const grid = { minimum: ends[0], maximum: ends[1], rounding };
  return quantized(reading, node, value, grid, { scale: [1], zero: [0] });
}

const UNLIMITED = { minimum: -Infinity, maximum: Infinity };

/** Reads a sign: scale where the value is at least 0, else -scale. */
function signed(reading: Reading, node: GraphNode, value: Value, scale: Constant): Value {
  const high = fractionsOf(along(node, value, scale));
  return chosenBy(
    reading,
    conditionOf(node, value),
    high,
    high.map((number) => number.neg()),
  );
}

function compared(
  reading: Reading,
  node: GraphNode,
  value: Value,
  constant: Constant,
  isConstantFirst: boolean,
): Condition {
  const isLarger = node.operator.startsWith('Greater') !== isConstantFirst;
  // x < c is the opposite of x >= c.
  const isStrict = !node.operator.endsWith('OrEqual') === isLarger;
  const isTurned = !isLarger;
  if (isThermometer(value.shape, constant.dims))
    return thermometerOf(reading, node, value, constant, { isStrict, isTurned });
  const bound = fractionsOf(along(node, value, constant));
  const above = changed(
    reading,
    node,
    value,
    [one],
    bound.map((number) => number.neg()),
  );
  return conditionOf(node, above, isStrict, isTurned);
}

function throughCondition(
  reading: Reading,
  node: GraphNode,
  condition: Condition,
  inputs: readonly (Operand | undefined)[],
): Operand {
  const [, high, low] = inputs;
  const { value, isTurned } = condition;
  switch (node.operator) {
    case 'Identity':
      return condition;
    case 'Not':
      return { ...condition, isTurned: !isTurned };
    case 'Cast':
      return chosenBy(reading, condition, [one], [zero]);
    case 'Where':
      if (high?.kind === 'constant' && low?.kind === 'constant') {
        return chosenBy(
          reading,
          condition,
          fractionsOf(along(node, value, high)),
          fractionsOf(along(node, value, low)),
        );
      }
      break;
    case 'Xor':
      if (high?.kind === 'constant') return turned(reading, node, condition, high);
  }
  throw refusal(node, 'reads a comparison', 'Comparisons are read by Cast, Where, Not and Xor with constants.');
}

/** Turns a condition in the channels where a constant is true. */
function turned(reading: Reading, node: GraphNode, condition: Condition, constant: Constant): Value {
  const isTrue = along(node, condition.value, constant);
  const high = isTrue.map((flag) => (flag === 0 ? one : zero));
  return chosenBy(
    reading,
    condition,
    high,
    high.map((number) => one.sub(number)),
  );
}
