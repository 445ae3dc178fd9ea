import type { BitMatrix } from '../../bits/bit-matrix.js';
import type { Contents, LayerRange } from '../../network/ranges.js';
import { countActivation, type CountActivation } from './activation.js';
import { countOf } from './combining.js';
import type { LayerFolding } from './folding.js';
import { isPadded, type Unit } from './units.js';
import { packWeights, weighingOf, type Weighing } from './weighing.js';
import { formatOf, packRows, type ValueFormat } from './words.js';

/** The weights and constants of a layer in the order of use, one row per step. */
export interface LayerTables {
  /** The weights, PE x SIMD a row. If absent, the layer has none. */
  readonly weights?: BitMatrix;
  /** For a pool, whether each of PE channels takes the smallest value. */
  readonly minima?: BitMatrix;
  /** The activation constants of PE channels. */
  readonly constants?: BitMatrix;
}

/** The functions that a layer computes with its weights and constants. */
export interface LayerFunctions {
  /** The products of weights and values. If absent, the layer has no weights. */
  readonly weighing?: Weighing;
  /** The activation over counts. If absent, the layer has none. */
  readonly activation?: CountActivation;
}

/**
 * Finds the functions of a layer.
 * @param format of the values that the layer takes
 * @param ranges of the layer, for the same contents
 */
export function layerFunctions(
  unit: Unit,
  format: ValueFormat,
  ranges: LayerRange,
  contents: Contents,
): LayerFunctions {
  const { layer, outputShape } = unit;
  const padded = isPadded(unit, 0) || isPadded(unit, 1);
  const weighing =
    'weights' in layer ? weighingOf(layer.weights, layer.inputEncoding, padded, format, contents) : undefined;
  const count = weighing?.count ?? countOf(formatOf(ranges.sums), outputShape[2]);
  return {
    ...(weighing === undefined ? {} : { weighing }),
    ...('activation' in layer ? { activation: countActivation(layer.activation, count, ranges, contents) } : {}),
  };
}

export function layerTables(
  { layer, outputShape }: Unit,
  { pe, simd }: LayerFolding,
  { weighing, activation }: LayerFunctions,
): LayerTables {
  const takesMinimum = layer.kind === 'pool' && layer.operation === 'extreme' ? layer.takesMinimum : undefined;
  return {
    ...('weights' in layer && weighing !== undefined
      ? { weights: packWeights(layer.weights, weighing.weightBits, pe, simd) }
      : {}),
    ...(takesMinimum === undefined ? {} : { minima: packFlags(takesMinimum, pe) }),
    ...(activation === undefined ? {} : { constants: packConstants(activation, outputShape[2], pe) }),
  };
}

const packFlags = (flags: Uint8Array, pe: number): BitMatrix =>
  packRows(flags.length / pe, new Array<number>(pe).fill(1), (row, element) => BigInt(flags[row * pe + element]));

function packConstants({ fields, constant }: CountActivation, channels: number, pe: number): BitMatrix {
  const all = Array.from({ length: pe }, () => fields).flat();
  return packRows(channels / pe, all, (row, field) =>
    constant(row * pe + Math.floor(field / fields.length), field % fields.length),
  );
}
