import { createBitMatrix, type BitMatrix } from '../../bits/bit-matrix.js';
import { add, argmax, delay, type Word } from '../unrolled/blocks.js';
import { PORT } from '../unrolled/elaborate.js';
import type { Circuit } from '../circuit.js';
import { NetlistBuilder } from '../../netlist/builder.js';
import { canonicalNetwork } from '../../network/counts.js';
import { outputsOf, type Network } from '../../network/network.js';
import { inputRange, layerRanges, type Range } from '../../network/ranges.js';
import { validateNetwork } from '../../network/validate.js';
import { finish, type Steps } from '../../steps.js';
import { SCAN_PORT } from '../scan-port.js';
import { featureMap, type Stream } from './feature-map.js';
import {
  checkFolding,
  greatestCommonDivisor,
  leastCommonMultiple,
  workCycles,
  type Folding,
  type LayerFolding,
} from './folding.js';
import { buildLayer } from './layer.js';
import { LoadedTables, type TableChain } from './loaded-tables.js';
import { counter } from './sequence.js';
import { streamHeads } from './streams.js';
import { builtInTables, type Tables } from './tables.js';
import { unitsOf, valuesFrom, type Unit } from './units.js';
import type { Source } from './walk.js';
import { choose, extended, formatOf, packRows } from './words.js';

/** The times at which a layer of a folded circuit works on one input, in cycles from `start`. */
export interface LayerTiming {
  /** The layer reads for the first time in the cycle after this one. */
  readonly start: number;
  /**
   * The cycles from then on in which it reads and computes. A layer that follows the stream of the layer before works
   * at the pace of that layer.
   */
  readonly work: number;
  /** The cycles in which its first and its last values are written. */
  readonly firstWrite: number;
  readonly lastWrite: number;
}

/** A folded circuit: weights and values are in memories, and a controller steps the layers through them. */
export interface FoldedCircuit extends Circuit {
  readonly folding: Folding;
  readonly layers: readonly LayerTiming[];
}

interface Place {
  readonly stream: Stream;
  readonly range: Range;
  /** The cycle of the first write of its values, counted from `start`. */
  readonly firstWrite: number;
}

/**
 * Builds the folded circuit of a network. A layer is a controller that walks windows through feature maps, PE
 * processing elements with SIMD products each, and memories for its weights and constants. Layers work one after the
 * other on one input. The next input may enter as soon as everything that it overwrites is no longer needed.
 * @throws ModelError if the network is invalid; CompileError `compile.unsupported` if the network does not allow the
 *   folding
 */
export const elaborateFolded = (name: string, network: Network, folding: Folding): FoldedCircuit =>
  finish(elaborateFoldedInSteps(name, network, folding));

/** Builds what `elaborateFolded` does, layer by layer. */
export const elaborateFoldedInSteps = (name: string, network: Network, folding: Folding): Steps<FoldedCircuit> =>
  elaborateWith(builtInTables, name, network, folding);

/** A folded circuit whose weights and constants are loaded bit by bit before it runs. */
export interface LoadableFoldedCircuit {
  readonly circuit: FoldedCircuit;
  readonly chains: readonly TableChain[];
}

/**
 * Builds the folded circuit with empty memories, and the logic that fills them through the ports of `SCAN_PORT`. It
 * depends on the structure of the network only, so it takes any bitstream of that structure. Its widths are enough for
 * any weights and constants.
 * @throws ModelError and CompileError as `elaborateFolded`
 */
export const elaborateLoadable = (name: string, network: Network, folding: Folding): LoadableFoldedCircuit =>
  finish(elaborateLoadableInSteps(name, network, folding));

/** Builds what `elaborateLoadable` does, layer by layer. */
export function* elaborateLoadableInSteps(
  name: string,
  network: Network,
  folding: Folding,
): Steps<LoadableFoldedCircuit> {
  const tables = new LoadedTables();
  let chains: readonly TableChain[] = [];
  const circuit = yield* elaborateWith(tables, name, network, folding, {
    gate: (builder, start) => builder.and(start, builder.input(SCAN_PORT.run, 1)[0]),
    finish: (builder) => (chains = tables.connect(builder)),
  });
  return { circuit, chains };
}

/** The parts of a circuit around its layers. */
interface Surroundings {
  /** Gives the start signal after gating. */
  gate(builder: NetlistBuilder, start: number): number;
  finish(builder: NetlistBuilder): void;
}
const BARE: Surroundings = { gate: (_builder, start) => start, finish: () => undefined };

function* elaborateWith(
  tables: Tables,
  name: string,
  given: Network,
  folding: Folding,
  surroundings: Surroundings = BARE,
): Steps<FoldedCircuit> {
  validateNetwork(given);
  const network = canonicalNetwork(given);
  checkFolding(network, folding);
  const builder = new NetlistBuilder(name);
  const units = unitsOf(network);
  const ranges = layerRanges(network, tables.contents);
  const start = surroundings.gate(builder, builder.input(PORT.start, 1)[0]);
  const input = buildInput(builder, network, folding.inputValues, start, tables);
  const places = new Map<number, Place>([[-1, input]]);
  const heads = streamHeads(units, (index) => folding.layers[index].pe === folding.layers[index - 1].pe);
  const valuesAtOnce = (source: number): number => (source < 0 ? folding.inputValues : folding.layers[source].pe);

  let begin = input.loaded;
  let elapsed = input.cycles - 1;
  let interval = input.cycles;
  const layers: LayerTiming[] = [];
  for (const unit of units) {
    const { index } = unit;
    yield index / units.length;
    const follows = heads[index] < index;
    const isStream = (source: number): boolean => follows && source === index - 1;
    const layerFolding = folding.layers[index];
    const sources = unit.sources.map((source, which): Source => {
      const { stream, range } = places.get(source)!;
      const format = formatOf(range);
      if (isStream(source)) return { kind: 'stream', stream, format };
      builder.enterGroup(`layer${index}.map${which}`, 'memory');
      const wordValues = leastCommonMultiple(valuesAtOnce(source), layerFolding.simd);
      const map = featureMap(builder, 'values', stream, { count: valuesFrom(network, source), wordValues });
      return { kind: 'map', map, format };
    });
    const layer = buildLayer(builder, unit, layerFolding, sources, ranges[index], begin, tables);
    const timing = timingOf(unit, layerFolding, follows ? layers[index - 1] : undefined, elapsed, layer.drain);
    layers.push(timing);
    // The next input may overwrite a map two cycles after the map's last word was requested.
    const overwritten = unit.sources
      .filter((source) => !isStream(source))
      .map((source) => timing.start + timing.work + 2 - places.get(source)!.firstWrite);
    interval = Math.max(interval, timing.work, ...overwritten);
    places.set(index, { stream: layer.stream, range: ranges[index].values, firstWrite: timing.firstWrite });
    begin = layer.done;
    elapsed = timing.lastWrite;
  }

  const last = places.get(units.length - 1)!;
  const cycles = buildOutputs(builder, last, outputsOf(network.layers[units.length - 1]), begin);
  const latency = elapsed + cycles;
  surroundings.finish(builder);
  const { preparation } = network.input;
  return {
    network,
    folding,
    layers,
    netlist: builder.build(),
    configuration: createBitMatrix(1, 0),
    timing: {
      planes: network.input.bits,
      valuesPerCycle: folding.inputValues,
      initiationInterval: Math.max(interval, latency - last.firstWrite),
      latency,
    },
    shape: {
      inputCount: network.input.count,
      inputBits: network.input.bits,
      outputCount: outputsOf(network.layers[units.length - 1]),
      ...(preparation === undefined ? {} : { preparation }),
    },
  };
}

/**
 * Computes the timing of a layer.
 * @param leader the layer before, if this one follows its stream
 * @param elapsed cycle in which the layer before has written all its values
 */
function timingOf(
  unit: Unit,
  folding: LayerFolding,
  leader: LayerTiming | undefined,
  elapsed: number,
  drain: number,
): LayerTiming {
  const [height, width, channels] = unit.outputShape;
  const start = leader === undefined ? elapsed : leader.firstWrite - 1;
  const work = leader === undefined ? workCycles(unit, folding) : leader.lastWrite - start;
  const first = leader === undefined ? work / (height * width * (channels / folding.pe)) : 1;
  return { start, work, firstWrite: start + first + drain, lastWrite: start + work + drain };
}

/** Builds the input: its values as they enter, less their zero points. */
function buildInput(
  builder: NetlistBuilder,
  network: Network,
  atOnce: number,
  start: number,
  tables: Tables,
): Place & { readonly loaded: number; readonly cycles: number } {
  const { count, bits, zeroPoints } = network.input;
  const x = [...builder.input(PORT.input, atOnce * bits)];
  builder.enterGroup('input', 'control');
  const cycles = count / atOnce;
  const busy = builder.openRegister();
  const valid = builder.or(start, busy.q);
  const loaded = cycles === 1 ? start : builder.and(valid, counter(builder, cycles, valid).isLast);
  busy.connect(builder.and(valid, builder.not(loaded)));
  const range = inputRange(network.input, tables.contents);
  const entering = Array.from({ length: atOnce }, (_, value): Word => x.slice(value * bits, (value + 1) * bits));
  const values =
    zeroPoints === undefined
      ? entering
      : subtractZeroPoints(builder, entering, zeroPoints, formatOf(range).bits, valid, tables);
  return { stream: { values, valid }, range, firstWrite: 0, loaded, cycles };
}

function subtractZeroPoints(
  builder: NetlistBuilder,
  values: readonly Word[],
  zeroPoints: Int32Array,
  bits: number,
  valid: number,
  tables: Tables,
): Word[] {
  const table = zeroPointTable(zeroPoints, values.length, bits);
  const constants = tables.atOnce(builder, 'zero_points', table, valid);
  return values.map((value, at) =>
    add(builder, extended(value, bits, false), constants.slice(at * bits, (at + 1) * bits), bits),
  );
}

/** Gives the table of the numbers that are added to values, `atOnce` a row. */
export function zeroPointTable(zeroPoints: Int32Array, atOnce: number, bits: number): BitMatrix {
  const channels = zeroPoints.length;
  const rows = channels / greatestCommonDivisor(atOnce, channels);
  const fields = new Array<number>(atOnce).fill(bits);
  return packRows(rows, fields, (row, field) => -BigInt(zeroPoints[(row * atOnce + field) % channels]));
}

/**
 * Collects the outputs until all are available, and finds the class.
 * @returns the cycles after the last write
 */
function buildOutputs(builder: NetlistBuilder, { stream, range }: Place, count: number, done: number): number {
  builder.enterGroup('outputs', 'control');
  const { bits, signed } = formatOf(range);
  const { valid } = stream;
  const values = stream.values.map((value) => extended(value, signed ? bits : bits + 1, signed));
  const registers = Array.from({ length: count }, () => values[0].map(() => builder.openRegister()));
  const words = registers.map((word): Word => word.map(({ q }) => q));
  registers.forEach((word, index) => {
    const next = index + values.length < count ? words[index + values.length] : values[index + values.length - count];
    choose(builder, valid, next, words[index]).forEach((net, bit) => word[bit].connect(net));
  });
  const winner = argmax(builder, words, (match) => builder.enterGroup(`argmax.${match}`, 'comparator'));
  const cycles = 1 + winner.cycles;
  words.forEach((word, index) => builder.output(PORT.output(index), word, true));
  builder.output(PORT.class, winner.word);
  builder.output(PORT.valid, [delay(builder, done, cycles)]);
  return cycles;
}
