import { DataError } from '@adiabit/simulator/errors';
import { fraction } from '../../../model/fractions.js';
import type { PictureShape } from '../../../model/model.js';
import { exactFraction } from '../../../model/rational.js';
import { one, type Affine } from '../../../train/freezing/affine.js';
import { dimsAfter } from './fold.js';
import type { Constant } from './constant.js';
import { listAttribute, type Graph, type GraphNode } from './graph.js';
import { channelsFirst, inOrder, reshaped, transposed, type Layout } from './layout.js';
import { isThermometer } from './thermometer.js';
import type { Value } from './value.js';

/** How the real numbers that a graph takes follow from unsigned integers: (integer / divisor - mean) / deviation. */
export interface InputScaling {
  /** 1 to 8 (8). */
  readonly bits?: number;
  /** 255 for a graph that takes real numbers, 1 for one that takes integers. */
  readonly divisor?: number;
  /** One number, or one a channel (0). */
  readonly mean?: readonly number[];
  /** One number, or one a channel (1). */
  readonly deviation?: readonly number[];
}

/**
 * Says where reading starts. Our input is a picture with the channels of a place together, if the graph takes its input
 * as a picture, whatever the order in the graph.
 * @throws DataError if means or deviations are not one, or one a channel
 */
export function inputValue(graph: Graph, constants: ReadonlyMap<string, Constant>, scaling: InputScaling): Value {
  const { input } = graph;
  const { order, picture } = viewOf(graph, constants);
  const count = order.length;
  const shape: PictureShape = picture ?? [1, 1, count];
  const { divisor = input.isInteger ? 1 : 255, mean = [0], deviation = [1] } = scaling;
  const channels = picture?.[2] ?? 1;
  if ([mean, deviation].some(({ length }) => length !== 1 && length !== channels) || !(divisor > 0)) {
    const message = `Give one mean and deviation, or one for each of ${channels} channels, and a divisor above 0.`;
    throw new DataError('bad-value', message, { channels, divisor });
  }
  const scale = one.div(exactFraction(divisor));
  const length = Math.max(mean.length, deviation.length);
  const at = (numbers: readonly number[], channel: number) => decimal(numbers[channel % numbers.length]);
  const affine: Affine = {
    slopes: Array.from({ length }, (_, channel) => scale.div(at(deviation, channel))),
    intercepts: Array.from({ length }, (_, channel) => at(mean, channel).div(at(deviation, channel)).neg()),
  };
  return { kind: 'value', shape: input.shape, order, place: { layer: -1, shape, affine } };
}

/** Returns the number that a decimal stands for, not the binary one next to it. */
function decimal(value: number) {
  const [, sign, whole, after = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if ((whole as string | undefined) === undefined) return exactFraction(value);
  const places = after.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${after}`);
  return places >= 0 ? fraction(digits, 10n ** BigInt(places)) : fraction(digits * 10n ** BigInt(-places), 1n);
}

interface View {
  readonly order: Int32Array;
  /** If absent, the graph takes its input as a row of values. */
  readonly picture?: PictureShape;
}

/** Follows the input to the first windows over it. */
function viewOf({ nodes, input }: Graph, constants: ReadonlyMap<string, Constant>): View {
  const layouts = new Map<string, Layout>([[input.name, inOrder(input.shape)]]);
  for (const node of nodes) {
    const name = node.inputs.find((one) => layouts.has(one));
    const layout = name === undefined ? undefined : layouts.get(name);
    if (layout === undefined) continue;
    if (WINDOWS.includes(node.operator)) return asPicture(layout);
    const bounds = constants.get(node.inputs[1] ?? '');
    if (bounds !== undefined && isThermometer(layout.shape, bounds.dims)) return asThermometer(layout, input.shape);
    if (SUMS.includes(node.operator)) continue;
    const next = layoutAfter(node, layout, constants);
    // Channels are last in the input and come first here.
    if (next !== undefined && listAttribute(node, 'perm')?.join() === '0,3,1,2') return asPicture(next);
    if (next !== undefined) for (const output of node.outputs) layouts.set(output, next);
  }
  // Nobody reads it as a picture, but what looks like one has its channels first.
  return input.shape.length === 3 ? asPicture(inOrder(input.shape)) : { order: inOrder(input.shape).order };
}

/** Returns the view of an input that is compared as [..., channels, 1]: channels last already. */
function asThermometer({ shape, order }: Layout, inputShape: readonly number[]): View {
  const channels = shape.at(-2) ?? 1;
  const [height, width, last] = inputShape;
  const isPicture = inputShape.length === 3 && last === channels;
  return { order, picture: isPicture ? [height, width, channels] : [1, order.length / channels, channels] };
}

const WINDOWS: readonly string[] = ['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool'];
const SUMS: readonly string[] = ['Gemm', 'MatMul'];

/** Returns the order in which the values of a tensor [channels, ...places] are ours. */
function asPicture({ shape, order }: Layout): View {
  const [channels, ...places] = shape;
  const ours = channelsFirst(shape).order;
  const made = new Int32Array(order.length);
  order.forEach((place, index) => (made[place] = ours[index]));
  const [height, width] = places.length === 2 ? places : [1, places[0] ?? 1];
  return { order: made, picture: [height, width, channels] };
}

/** Returns how the output of a node lies whose values are those of its input, one by one. */
export function layoutAfter(
  node: GraphNode,
  layout: Layout,
  constants: ReadonlyMap<string, Constant>,
): Layout | undefined {
  switch (node.operator) {
    case 'Transpose':
      return transposed(layout, listAttribute(node, 'perm') ?? []);
    case 'Reshape':
    case 'Flatten':
    case 'Squeeze':
    case 'Unsqueeze':
      return reshaped(layout, dimsAfter(node, [1, ...layout.shape], constants.get(node.inputs[1] ?? '')));
    default:
      return layout;
  }
}
