import { CompileError } from '../../errors.js';
import type { Network } from '../../network/network.js';
import { unitsOf, type Unit } from './units.js';

/**
 * The folding of a layer (M. Blott et al., "FINN-R", 2018). A layer with weights computes `pe` output channels from
 * `simd` input channels a cycle. A layer without weights computes `pe` channels a cycle from as many, a
 * thermometer from `pe` / levels.
 */
export interface LayerFolding {
  readonly pe: number;
  readonly simd: number;
}

export interface Folding {
  /** The input values that enter in a cycle. */
  readonly inputValues: number;
  readonly layers: readonly LayerFolding[];
}

/** The choices of each layer, in ascending order. */
export interface LayerChoices {
  readonly pe: readonly number[];
  readonly simd: readonly number[];
}

export interface FoldingChoices {
  readonly inputValues: readonly number[];
  readonly layers: readonly LayerChoices[];
}

/**
 * Lists the foldings that a network allows. `pe` divides the channels of the layer and of all layers that read it.
 * `simd` divides the channels that it reads. So every word of a feature map is full.
 */
export function foldingChoices(network: Network): FoldingChoices {
  const units = unitsOf(network);
  const readers = (source: number): number[] =>
    units.filter(({ sources }) => sources.includes(source)).map(({ inputShape }) => inputShape[2]);
  return {
    inputValues: divisors([network.input.count, ...readers(-1)].reduce(greatestCommonDivisor)),
    layers: units.map((unit) => {
      const { index, inputShape, outputShape, isWeighted, levels } = unit;
      const common = [outputShape[2], ...readers(index)].reduce(greatestCommonDivisor);
      const pe = divisors(common / levels).map((value) => value * levels);
      return { pe, simd: isWeighted ? divisors(inputShape[2]) : pe.map((value) => valuesFor(unit, value)) };
    }),
  };
}

/** Gives the `simd` of a layer without weights. */
export const valuesFor = ({ levels }: Pick<Unit, 'levels'>, pe: number): number => pe / levels;

/**
 * Checks that a network allows a folding.
 * @throws CompileError `compile.unsupported` naming the layer and the numbers that it allows
 */
export function checkFolding(network: Network, { inputValues, layers }: Folding): void {
  const choices = foldingChoices(network);
  const check = (allowed: readonly number[], value: number, what: string, layer: number): void => {
    if (allowed.includes(value)) return;
    const message = `${what} cannot be ${value}; it may be ${allowed.join(', ')}.`;
    throw new CompileError('unsupported', message, { layer, value, allowed });
  };
  if (layers.length !== choices.layers.length) {
    const message = `A folding of ${layers.length} layers does not fit a network of ${choices.layers.length}.`;
    throw new CompileError('unsupported', message, { expected: choices.layers.length, actual: layers.length });
  }
  check(choices.inputValues, inputValues, 'The number of input values a cycle', -1);
  layers.forEach(({ pe, simd }, layer) => {
    check(choices.layers[layer].pe, pe, `PE of layer ${layer}`, layer);
    check(choices.layers[layer].simd, simd, `SIMD of layer ${layer}`, layer);
    const unit = unitsOf(network)[layer];
    if (unit.isWeighted) return;
    check([valuesFor(unit, pe)], simd, `SIMD of layer ${layer}, which has no weights,`, layer);
  });
}

/** Gives the cycles in which a layer works on one input, without those in which its pipeline drains. */
export function workCycles({ inputShape, outputShape, size, isWeighted }: Unit, { pe, simd }: LayerFolding): number {
  const [height, width, channels] = outputShape;
  const taps = size[0] * size[1];
  return height * width * (channels / pe) * taps * (isWeighted ? inputShape[2] / simd : 1);
}

export const greatestCommonDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestCommonDivisor(other, one % other);

export const leastCommonMultiple = (one: number, other: number): number =>
  (one / greatestCommonDivisor(one, other)) * other;

const divisors = (value: number): number[] =>
  Array.from({ length: value }, (_, index) => index + 1).filter((candidate) => value % candidate === 0);
