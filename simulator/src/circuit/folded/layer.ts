import { delay, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0 } from '../../netlist/netlist.js';
import type { LayerRange } from '../../network/ranges.js';
import type { CountActivation } from './activation.js';
import { addValues, counted, extremeOfWindow, sumWindow } from './combining.js';
import type { Stream } from './feature-map.js';
import type { LayerFolding } from './folding.js';
import { layerFunctions, layerTables, type LayerTables } from './layer-tables.js';
import type { Tables } from './tables.js';
import type { Unit } from './units.js';
import { followStream, walkWindows, type Source, type Walk } from './walk.js';
import { accumulate, sumProducts, type Weighing } from './weighing.js';
import { formatOf, type ValueFormat } from './words.js';

export interface BuiltLayer {
  readonly stream: Stream;
  /** 1 in the cycle in which the last values are written. */
  readonly done: number;
  /** The cycles from reading a window's last values until its result is written, less one. */
  readonly drain: number;
}

/** The sums or extremes of windows before the activation: one word per processing element. */
interface Windows {
  readonly words: readonly Word[];
  /** The cycles from the values of a window's last position to its word. */
  readonly cycles: number;
}

/**
 * Builds a layer: loops that walk windows through its feature maps, PE processing elements, and the activation.
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
  const control = `${at}.control`;
  const maps = sources.filter((source) => source.kind === 'map');
  const before = sources.find((source) => source.kind === 'stream');
  const walk =
    before === undefined
      ? walkWindows(builder, control, unit, folding, maps, weighing, start)
      : followStream(builder, control, folding, sources, before.stream, start);
  const windows =
    weighing === undefined
      ? buildChannels(builder, at, unit, folding, sources, ranges, walk, tables, store)
      : buildWeighted(builder, at, folding, weighing, walk, tables, store);
  builder.enterGroup(control, 'control');
  const resultCycles = walk.cycles + windows.cycles;
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

/** Builds the products, their sums and the accumulators of a dense layer or a convolution. */
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
  const advance = delay(builder, walk.running, walk.cycles - 1);
  const row = tables.weights === undefined ? [] : store.inTurn(builder, 'weights', tables.weights, advance);
  const sums = Array.from({ length: pe }, (_, element) => {
    builder.enterGroup(`${at}.pe${element}.products`, 'product');
    const own = row.slice(element * rowBits, (element + 1) * rowBits);
    return sumProducts(builder, weighing, walk.values[0], own, walk.inside);
  });
  const [{ cycles }] = sums;
  builder.resumeGroup(walk.group);
  const first = delay(builder, walk.first, walk.cycles + cycles);
  const words = sums.map(({ word }, element) => {
    builder.enterGroup(`${at}.pe${element}.accumulate`, 'adder');
    return accumulate(builder, word, first, weighing.count.bits);
  });
  return { words, cycles: cycles + 1 };
}

/** Builds the channels of a pool, an addition, or an activation without weights. A thermometer has each value `levels` times. */
function buildChannels(
  builder: NetlistBuilder,
  at: string,
  { layer, levels }: Unit,
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
  const first = delay(builder, walk.first, walk.cycles);
  const minima =
    tables.minima === undefined
      ? new Array<number>(pe).fill(CONSTANT_0)
      : store.inTurn(builder, 'minima', tables.minima, delay(builder, walk.last, walk.cycles - 1));
  const words = values.map((value, element): Word => {
    builder.enterGroup(`${at}.pe${element}`, 'adder');
    switch (layer.kind) {
      case 'pool':
        return layer.operation === 'sum'
          ? sumWindow(builder, value, from, first, format.bits)
          : extremeOfWindow(builder, value, from, first, minima[element]);
      case 'add':
        return addValues(builder, [value, others[element]], [from, sources[1].format], format.bits);
      default:
        return builder.registerAll([...value]);
    }
  });
  return { words: words.flatMap((word) => new Array<Word>(levels).fill(word)), cycles: 1 };
}

/**
 * Builds the activations.
 * @param format of words that are no counts yet
 */
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
