import { delay, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { addressBits } from '../../netlist/memory.js';
import type { FeatureMap, Stream } from './feature-map.js';
import type { LayerFolding } from './folding.js';
import { isInside, runLoops, type Loop } from './loops.js';
import { counter, selectWord } from './sequence.js';
import { isPadded, type Unit } from './units.js';
import { gated, type Weighing } from './weighing.js';
import { delayAll, formatOf, type ValueFormat } from './words.js';

/** A map that a layer reads, and the format of its values. */
export interface MapSource {
  readonly kind: 'map';
  readonly map: FeatureMap;
  readonly format: ValueFormat;
}

/** The stream of the layer before; it has as many values a cycle as this layer takes. */
export interface StreamSource {
  readonly kind: 'stream';
  readonly stream: Stream;
  readonly format: ValueFormat;
}

export type Source = MapSource | StreamSource;

/**
 * The cycles between a turn and its values: the memory, the selection of a part of the word, and a register after it.
 */
const MAP_CYCLES = 2;

/** The values that a layer reads, turn by turn. */
export interface Walk {
  readonly group: number;
  /** The cycles between a turn and its values. */
  readonly cycles: number;
  /** By source, the values of a turn, `cycles` cycles after it. */
  readonly values: readonly (readonly Word[])[];
  /** With the values: whether the position is inside the picture. If absent, it always is. */
  readonly inside?: number;
  /**
   * With the turn itself: the layer runs; first and last turn of a window of one group of channels; the very last turn.
   */
  readonly running: number;
  readonly first: number;
  readonly last: number;
  readonly end: number;
}

/**
 * Builds the loops that walk windows through the maps of a layer, one turn a cycle, from the cycle after `start` on.
 */
export function walkWindows(
  builder: NetlistBuilder,
  group: string,
  unit: Unit,
  { pe, simd }: LayerFolding,
  sources: readonly MapSource[],
  weighing: Weighing | undefined,
  start: number,
): Walk {
  const inGroup = builder.enterGroup(group, 'control');
  const { inputShape, outputShape, size, stride, padding, isWeighted } = unit;
  const [, inWidth, channels] = inputShape;
  // All maps of a layer have one shape. Those of an addition may differ in the words.
  const nest = ({ map }: MapSource): { loops: readonly Loop[]; part: number; windowLoops: number } => {
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
    const address = map.depth === 1 ? [] : own.position('address', origin, bits);
    return readPart(builder, map, address, own.counters[part], simd);
  });
  const insideThen = inside === undefined ? undefined : delay(builder, inside, 1);
  const isBipolar = 'inputEncoding' in unit.layer && unit.layer.inputEncoding === 'bipolar';
  const registered = values.map((list) =>
    list.map((value) =>
      builder.registerAll([
        ...(weighing === undefined ? value : gated(builder, value, insideThen, weighing, isBipolar)),
      ]),
    ),
  );
  return {
    group: inGroup,
    cycles: MAP_CYCLES,
    values: registered,
    ...(insideThen === undefined ? {} : { inside: builder.register(insideThen) }),
    running: run.running,
    first: isFirst.q,
    last,
    end: run.end,
  };
}

/**
 * Takes the values of a stream as they come, and those of the same positions from maps. A turn happens whenever the
 * stream is valid.
 * @param end 1 with the last values of the stream
 */
export function followStream(
  builder: NetlistBuilder,
  group: string,
  { pe }: LayerFolding,
  sources: readonly Source[],
  { valid }: Stream,
  end: number,
): Walk {
  const inGroup = builder.enterGroup(group, 'control');
  const cycles = sources.some(({ kind }) => kind === 'map') ? MAP_CYCLES : 0;
  const values = sources.map((source) => {
    if (source.kind === 'stream') return source.stream.values.map((value) => delayAll(builder, value, cycles));
    const { map } = source;
    const part = counter(builder, map.wordValues / pe, valid);
    const wordEnds = builder.and(valid, part.isLast);
    const address = counter(builder, map.depth, wordEnds).value;
    return readPart(builder, map, address, part.value, pe).map((value) => builder.registerAll([...value]));
  });
  return { group: inGroup, cycles, values, running: valid, first: valid, last: valid, end };
}

/** Reads `count` values of a map's word, one cycle after its address and the number of the part. */
function readPart(builder: NetlistBuilder, map: FeatureMap, address: Word, part: Word, count: number): readonly Word[] {
  const word = map.read(address);
  const select = delayAll(builder, part, 1);
  const parts = Array.from({ length: map.wordValues / count }, (_, index) =>
    word.slice(index * count, (index + 1) * count).flat(),
  );
  const chosen = selectWord(builder, parts, select);
  const width = word[0].length;
  return Array.from({ length: count }, (_, value) => chosen.slice(value * width, (value + 1) * width));
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
