import { delay, type Word } from '../fabric/blocks.js';
import type { NetlistBuilder } from '../netlist/builder.js';
import { addressBits } from '../netlist/memory.js';
import { CONSTANT_0 } from '../netlist/netlist.js';
import type { LayerRange } from '../operators/ranges.js';
import type { CountActivation } from './activation.js';
import { addValues, counted, extremeOfWindow, sumWindow } from './combining.js';
import type { FeatureMap, Stream } from './feature-map.js';
import type { LayerFolding } from './folding.js';
import { layerFunctions, layerTables, type LayerTables } from './layer-tables.js';
import { isInside, runLoops, type Loop } from './loops.js';
import { selectWord } from './sequence.js';
import type { Tables } from './tables.js';
import { isPadded, type Unit } from './units.js';
import { accumulate, gated, sumProducts, type Weighing } from './weighing.js';
import { delayAll, formatOf, type ValueFormat } from './words.js';

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
  store: Tables,
): BuiltLayer {
  const at = `layer${unit.index}`;
  const [{ format }] = sources;
  const functions = layerFunctions(unit, format, ranges, store.contents);
  const { weighing, activation } = functions;
  const tables = layerTables(unit, folding, functions);
  const walk = buildWalk(builder, `${at}.control`, unit, folding, sources, weighing, start);
  const windows =
    weighing === undefined
      ? buildChannels(builder, at, unit, folding, sources, ranges, walk, tables, store)
      : buildWeighted(builder, at, folding, weighing, walk, tables, store);
  builder.enterGroup(`${at}.control`, 'control');
  const resultCycles = READ_CYCLES + windows.cycles;
  const advance = activation === undefined ? CONSTANT_0 : delay(builder, walk.last, resultCycles - 1);
  const counts = weighing === undefined ? formatOf(ranges.sums) : undefined;
  const results =
    activation === undefined
      ? { values: windows.words, cycles: 0 }
      : buildActivation(builder, at, activation, counts, windows, advance, tables, store);
  builder.resumeGroup(walk.group);
  const drain = resultCycles + results.cycles;
  const valid = delay(builder, walk.last, drain);
  const done = delay(builder, walk.end, drain);
  builder.probe(`${at}.values`, results.values.flat());
  return { stream: { values: results.values, valid }, done, drain };
}

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
  weighing: Weighing | undefined,
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
  const isBipolar = 'inputEncoding' in unit.operator && unit.operator.inputEncoding === 'bipolar';
  const registered = values.map((list) =>
    list.map((value) =>
      builder.registerAll([
        ...(weighing === undefined ? value : gated(builder, value, insideThen, weighing, isBipolar)),
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

/** Products, their sums and the accumulators of a dense layer or a convolution. */
function buildWeighted(
  builder: NetlistBuilder,
  at: string,
  { pe, simd }: LayerFolding,
  weighing: Weighing,
  walk: Walk,
  tables: LayerTables,
  store: Tables,
): Windows {
  const rowBits = simd * weighing.weightBits;
  builder.enterGroup(`${at}.weights`, 'memory');
  const advance = delay(builder, walk.running, READ_CYCLES - 1);
  const row = tables.weights === undefined ? [] : store.inTurn(builder, 'weights', tables.weights, advance);
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
  return { words, cycles: cycles + 1 };
}

/** What a pool, an addition or a bare activation makes of its channels. */
function buildChannels(
  builder: NetlistBuilder,
  at: string,
  { operator }: Unit,
  { pe }: LayerFolding,
  sources: readonly Source[],
  ranges: LayerRange,
  walk: Walk,
  tables: LayerTables,
  store: Tables,
): Windows {
  const format = formatOf(ranges.sums);
  const [values, others] = walk.values;
  const [{ format: from }] = sources;
  builder.resumeGroup(walk.group);
  const first = delay(builder, walk.first, READ_CYCLES);
  const minima =
    tables.minima === undefined
      ? new Array<number>(pe).fill(CONSTANT_0)
      : store.inTurn(builder, 'minima', tables.minima, delay(builder, walk.last, READ_CYCLES - 1));
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
  return { words, cycles: 1 };
}

/** @param format of words that are no counts yet */
function buildActivation(
  builder: NetlistBuilder,
  at: string,
  { fields, build }: CountActivation,
  format: ValueFormat | undefined,
  windows: Windows,
  advance: number,
  tables: LayerTables,
  store: Tables,
): { readonly values: readonly Word[]; readonly cycles: number } {
  const counts = windows.words.map((word, element) => {
    if (format === undefined) return word;
    builder.enterGroup(`${at}.pe${element}.count`, 'adder');
    return counted(builder, word, format);
  });
  builder.enterGroup(`${at}.constants`, 'memory');
  const row = tables.constants === undefined ? [] : store.inTurn(builder, 'constants', tables.constants, advance);
  const rowBits = fields.reduce((sum, bits) => sum + bits, 0);
  const built = counts.map((word, element) => {
    builder.enterGroup(`${at}.pe${element}.activate`, 'comparator');
    return build(builder, word, row.slice(element * rowBits, (element + 1) * rowBits));
  });
  return { values: built.map(({ word }) => word), cycles: built[0].cycles };
}
