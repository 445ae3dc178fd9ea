import { delay, type Word } from '../fabric/blocks.js';
import type { NetlistBuilder } from '../netlist/builder.js';
import { addressBits } from '../netlist/memory.js';
import { CONSTANT_0 } from '../netlist/netlist.js';
import type { Activation } from '../operators/operators.js';
import type { LayerRange } from '../operators/ranges.js';
import { countActivation } from './activation.js';
import { addValues, countOf, extremeOfWindow, sumWindow } from './combining.js';
import type { FeatureMap, Stream } from './feature-map.js';
import type { LayerFolding } from './folding.js';
import { isInside, runLoops, type Loop } from './loops.js';
import { selectWord, sequence } from './sequence.js';
import { isPadded, type Unit } from './units.js';
import { accumulate, gated, packWeights, sumProducts, weighingOf, type Count } from './weighing.js';
import { delayAll, formatOf, packRows, type ValueFormat } from './words.js';

/** Where a layer reads: a map and how its values stand in bits. */
export interface Source {
  readonly map: FeatureMap;
  readonly format: ValueFormat;
}

export interface BuiltLayer {
  readonly stream: Stream;
  /** 1 in the cycle in which the last values are written. */
  readonly done: number;
  /** Cycles from reading a window's last values until its result is written, less one. */
  readonly drain: number;
}

/** Sums or extremes of windows, before the activation: one word a processing element. */
interface Windows {
  readonly words: readonly Word[];
  readonly count?: Count;
  readonly format: ValueFormat;
  /** Cycles from the values of a window's last place to its word. */
  readonly cycles: number;
}

/**
 * Cycles between a turn of the loops and the values it reads: the memory, the choice of a part of the word, and a
 * register behind it.
 */
const READ_CYCLES = 2;

/**
 * A layer: loops that walk windows through its feature maps, PE processing elements, and the activation.
 *
 *     loops -> address -> feature map -> SIMD values -> products -> sum -> accumulate -> activate -> PE values
 *          \\-> weights, in the order in which they are used ------^                        ^-- constants
 */
export function buildLayer(
  builder: NetlistBuilder,
  unit: Unit,
  folding: LayerFolding,
  sources: readonly Source[],
  ranges: LayerRange,
  start: number,
): BuiltLayer {
  const at = `layer${unit.index}`;
  const walk = buildWalk(builder, `${at}.control`, unit, folding, sources, start);
  const windows = unit.isWeighted
    ? buildWeighted(builder, at, unit, folding, sources[0].format, ranges, walk)
    : buildChannels(builder, at, unit, folding, sources, ranges, walk);
  builder.enterGroup(`${at}.control`, 'control');
  const { activation } = activationOf(unit);
  const resultCycles = READ_CYCLES + windows.cycles;
  const results =
    activation === undefined
      ? { values: windows.words, cycles: 0 }
      : buildActivation(
          builder,
          at,
          activation,
          unit,
          folding,
          ranges,
          windows,
          delay(builder, walk.last, resultCycles - 1),
        );
  builder.resumeGroup(walk.group);
  const drain = resultCycles + results.cycles;
  const valid = delay(builder, walk.last, drain);
  const done = delay(builder, walk.end, drain);
  builder.probe(`${at}.values`, results.values.flat());
  return { stream: { values: results.values, valid }, done, drain };
}

const activationOf = ({ operator }: Unit): { readonly activation?: Activation } =>
  'activation' in operator ? { activation: operator.activation } : {};

/** The loops of a layer, and the values that they come by. */
interface Walk {
  readonly group: number;
  /** By source, the values of a cycle, READ_CYCLES after the turn. */
  readonly values: readonly (readonly Word[])[];
  /** At the same time: whether the place lies in the picture; absent: always. */
  readonly inside?: number;
  /** With the turn itself: the layer runs; first and last turn of a window of one group of channels; the very last turn. */
  readonly running: number;
  readonly first: number;
  readonly last: number;
  readonly end: number;
}

function buildWalk(
  builder: NetlistBuilder,
  group: string,
  unit: Unit,
  { pe, simd }: LayerFolding,
  sources: readonly Source[],
  start: number,
): Walk {
  const inGroup = builder.enterGroup(group, 'control');
  const { inputShape, outputShape, size, stride, padding, isWeighted } = unit;
  const [, inWidth, channels] = inputShape;
  // Sources of one layer have maps of one shape each; an addition may have two kinds of word.
  const nest = ({ map }: Source): { loops: readonly Loop[]; part: number; windowLoops: number } => {
    const words = channels / map.wordValues;
    const parts = map.wordValues / simd;
    const rows: Loop[] = [
      { extent: outputShape[0], steps: { address: stride[0] * inWidth * words, y: stride[0] } },
      { extent: outputShape[1], steps: { address: stride[1] * words, x: stride[1] } },
    ];
    const taps: Loop[] = [
      { extent: size[0], steps: { address: inWidth * words, y: 1 } },
      { extent: size[1], steps: { address: words, x: 1 } },
    ];
    const chunks: Loop[] = [
      { extent: words, steps: { address: 1 } },
      { extent: parts, steps: {} },
    ];
    return isWeighted
      ? { loops: [...rows, { extent: outputShape[2] / pe, steps: {} }, ...taps, ...chunks], part: 6, windowLoops: 2 }
      : { loops: [...rows, ...chunks, ...taps], part: 3, windowLoops: 3 };
  };
  const walks = sources.map((source) => {
    const { loops, part, windowLoops } = nest(source);
    return { source, part, windowLoops, run: runLoops(builder, loops, start) };
  });
  const [{ run, windowLoops }] = walks;
  const last = run.ends[windowLoops];
  const isFirst = builder.openRegister();
  isFirst.connect(builder.or(builder.or(start, last), builder.and(isFirst.q, builder.not(run.running))));

  const inside = insideOf(builder, unit, run.position);
  const values = walks.map(({ source: { map }, part, run: own }) => {
    const bits = addressBits(map.depth);
    const origin = -(padding[0] * inWidth + padding[1]) * (channels / map.wordValues);
    const word = map.read(map.depth === 1 ? [] : own.position('address', origin, bits));
    const select = delayAll(builder, own.counters[part], 1);
    const parts = Array.from({ length: map.wordValues / simd }, (_, index) =>
      word.slice(index * simd, (index + 1) * simd).flat(),
    );
    const chosen = selectWord(builder, parts, select);
    const width = word[0].length;
    return Array.from({ length: simd }, (_, value) => chosen.slice(value * width, (value + 1) * width));
  });
  const insideThen = inside === undefined ? undefined : delay(builder, inside, 1);
  const weighing = weighedAs(unit, sources[0].format);
  const registered = values.map((list) =>
    list.map((value) =>
      builder.registerAll([
        ...(weighing === undefined ? value : gated(builder, value, insideThen, weighing.weighing, weighing.isBipolar)),
      ]),
    ),
  );
  return {
    group: inGroup,
    values: registered,
    ...(insideThen === undefined ? {} : { inside: builder.register(insideThen) }),
    ...{ running: run.running, first: isFirst.q, last, end: run.end },
  };
}

function insideOf(
  builder: NetlistBuilder,
  unit: Unit,
  position: (name: string, origin: number, bits: number) => Word,
): number | undefined {
  const { inputShape, outputShape, size, stride, padding } = unit;
  const insides = ([0, 1] as const).flatMap((axis) => {
    if (!isPadded(unit, axis)) return [];
    const highest = (outputShape[axis] - 1) * stride[axis] + size[axis] - 1 - padding[axis];
    const bits = formatOf({ minimum: -1 - padding[axis], maximum: Math.max(highest, inputShape[axis]) }).bits;
    return [isInside(builder, position(axis === 0 ? 'y' : 'x', -padding[axis], bits), inputShape[axis])];
  });
  return insides.length === 0 ? undefined : insides.reduce((all, one) => builder.and(all, one));
}

function weighedAs(unit: Unit, format: ValueFormat) {
  const { operator } = unit;
  if (!('weights' in operator)) return undefined;
  const padded = isPadded(unit, 0) || isPadded(unit, 1);
  const { weights, inputEncoding } = operator;
  return {
    weights,
    isBipolar: inputEncoding === 'bipolar',
    weighing: weighingOf(weights, inputEncoding, padded, format),
  };
}

/** Products, their sums and the accumulators of a dense layer or a convolution. */
function buildWeighted(
  builder: NetlistBuilder,
  at: string,
  unit: Unit,
  { pe, simd }: LayerFolding,
  format: ValueFormat,
  ranges: LayerRange,
  walk: Walk,
): Windows {
  const weighed = weighedAs(unit, format);
  if (weighed === undefined) throw new RangeError(`Layer ${unit.index} has no weights.`);
  const { weights, weighing } = weighed;
  const rowBits = simd * weighing.weightBits;
  builder.enterGroup(`${at}.weights`, 'memory');
  const advance = delay(builder, walk.running, READ_CYCLES - 1);
  const row = sequence(builder, 'weights', packWeights(weights, weighing.weightBits, pe, simd), advance);
  const sums = Array.from({ length: pe }, (_, element) => {
    builder.enterGroup(`${at}.pe${element}.products`, 'product');
    const own = row.slice(element * rowBits, (element + 1) * rowBits);
    return sumProducts(builder, weighing, walk.values[0], own, walk.inside);
  });
  const [{ cycles }] = sums;
  builder.resumeGroup(walk.group);
  const first = delay(builder, walk.first, READ_CYCLES + cycles);
  const words = sums.map(({ word }, element) => {
    builder.enterGroup(`${at}.pe${element}.accumulate`, 'adder');
    return accumulate(builder, word, first, weighing.count.bits);
  });
  return { words, count: weighing.count, format: formatOf(ranges.sums), cycles: cycles + 1 };
}

/** What a pool, an addition or a bare activation makes of its channels. */
function buildChannels(
  builder: NetlistBuilder,
  at: string,
  { operator, inputShape }: Unit,
  { pe }: LayerFolding,
  sources: readonly Source[],
  ranges: LayerRange,
  walk: Walk,
): Windows {
  const format = formatOf(ranges.sums);
  const [values, others] = walk.values;
  const [{ format: from }] = sources;
  builder.resumeGroup(walk.group);
  const first = delay(builder, walk.first, READ_CYCLES);
  const takesMinimum = operator.kind === 'pool' && operator.operation === 'extreme' ? operator.takesMinimum : undefined;
  const channels = inputShape[2];
  const minima =
    takesMinimum === undefined
      ? new Array<number>(pe).fill(CONSTANT_0)
      : sequence(
          builder,
          'minima',
          packRows(channels / pe, new Array<number>(pe).fill(1), (row, element) =>
            BigInt(takesMinimum[row * pe + element]),
          ),
          delay(builder, walk.last, READ_CYCLES - 1),
        );
  const words = values.map((value, element): Word => {
    builder.enterGroup(`${at}.pe${element}`, 'adder');
    switch (operator.kind) {
      case 'pool':
        return operator.operation === 'sum'
          ? sumWindow(builder, value, from, first, format.bits)
          : extremeOfWindow(builder, value, from, first, minima[element]);
      case 'add':
        return addValues(builder, [value, others[element]], [from, sources[1].format], format.bits);
      default:
        return builder.registerAll([...value]);
    }
  });
  return { words, format, cycles: 1 };
}

function buildActivation(
  builder: NetlistBuilder,
  at: string,
  activation: Activation,
  { outputShape }: Unit,
  { pe }: LayerFolding,
  ranges: LayerRange,
  windows: Windows,
  advance: number,
): { readonly values: readonly Word[]; readonly cycles: number } {
  const [, , channels] = outputShape;
  const counts = windows.words.map((word, element) => {
    if (windows.count !== undefined) return { word, count: windows.count };
    builder.enterGroup(`${at}.pe${element}.count`, 'adder');
    return countOf(builder, word, windows.format, channels);
  });
  const { fields, constant, build } = countActivation(activation, counts[0].count, ranges.sums, ranges.values);
  builder.enterGroup(`${at}.constants`, 'memory');
  const all = Array.from({ length: pe }, () => fields).flat();
  const table = packRows(channels / pe, all, (row, field) =>
    constant(row * pe + Math.floor(field / fields.length), field % fields.length),
  );
  const row = sequence(builder, 'constants', table, advance);
  const rowBits = fields.reduce((sum, bits) => sum + bits, 0);
  const built = counts.map(({ word }, element) => {
    builder.enterGroup(`${at}.pe${element}.activate`, 'comparator');
    return build(builder, word, row.slice(element * rowBits, (element + 1) * rowBits));
  });
  return { values: built.map(({ word }) => word), cycles: built[0].cycles };
}
