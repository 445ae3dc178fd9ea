import { LARGEST_WEIGHT } from '@adiabit/simulator/network';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { fraction } from '../../model/fractions.js';
import {
  type Activation,
  type BinarizedModel,
  type Layer,
  type NetworkInput,
  type PictureShape,
  sourcesOf,
  type Weights,
} from '../../model/model.js';
import type { SaturatedLayer } from '../../model/comparison.js';
import { createLayer, valuesOfInput } from '../../model/oracle.js';
import { inputRange, type LayerRange, type Range, rangeOf, weightedRange } from '../../model/ranges.js';
import { exactFraction } from '../../model/rational.js';
import type { DeployedTables } from '../evaluation/evaluate-hard-layers.js';
import {
  type Affine,
  hasOneUnit,
  hasZero,
  interceptAt,
  one as unit,
  signOf,
  slopeAt,
  uniform,
  zeroIsNear,
} from './affine.js';
import {
  type ActivationMaker,
  inSteps,
  LARGEST_VALUE,
  type MadeActivation,
  narrowed,
  realRange,
  stepFor,
  unrounded,
} from './integers.js';
import type { PendingSums, Place, Windows } from './place.js';
import { areSigns } from './weigh.js';
import { packWeights } from './weights.js';

/** What a layer with weights asks of the values that it weighs. */
export interface WeighingNeeds {
  readonly binaryWeights: boolean;
  /** Whether weights are whole multiples of a step a row, so that all values must have one unit. If absent, if binary. */
  readonly exactWeights?: boolean;
  readonly columns: number;
  /** Whether windows reach beyond the picture, where real values are 0. */
  readonly isPadded: boolean;
}

/**
 * Sums of weighted values stay below this, or values have no more than 8 bits: of larger sums no 32-bit product could
 * be taken that scales them well.
 */
const LARGEST_SUM = 2 ** 24;
const LARGEST_BYTE = 255;

/** Collects the layers of a model, knows what their values stay within and what they are for some examples. */
export class ModelBuilder {
  readonly #layers: Layer[] = [];
  readonly #ranges: LayerRange[] = [];
  readonly #observed: Int32Array[][] = [];
  readonly saturatedLayers: SaturatedLayer[] = [];
  #hasRounded = false;

  readonly #input: NetworkInput;
  readonly #examples: readonly Uint8Array[];

  /** @param examples inputs whose values are followed through the layers, for `peakOf` */
  constructor(input: NetworkInput, examples: readonly Uint8Array[]) {
    this.#input = input;
    this.#examples = examples;
  }

  /** Whether every value stands for exactly what the real network has there, whatever the input. */
  get isExact(): boolean {
    return !this.#hasRounded;
  }

  /** Lists the layers where real values may lie beyond the largest that their integers hold. */
  get held(): readonly SaturatedLayer[] {
    return this.saturatedLayers;
  }

  hold(layer: SaturatedLayer): void {
    this.saturatedLayers.push(layer);
  }

  /** Says that a value of the real network has no exact integer. */
  round(): void {
    this.#hasRounded = true;
  }

  model(name: string): BinarizedModel {
    const { zeroPoints } = this.#input;
    const reader = this.#layers.find((layer, index) => sourcesOf(layer, index).includes(-1));
    // Points that are all alike are of as many channels as who reads them has.
    const isUniform = zeroPoints?.every((point) => point === zeroPoints[0]) === true;
    if (zeroPoints === undefined || !isUniform || reader === undefined) {
      return { name, input: this.#input, layers: this.#layers };
    }
    const channels = reader.kind === 'dense' ? 1 : reader.inputShape[2];
    const input = { ...this.#input, zeroPoints: new Int32Array(channels).fill(zeroPoints[0]) };
    return { name, input, layers: this.#layers };
  }

  rangeAt(layer: number): Range {
    return layer < 0 ? inputRange(this.#input) : this.#ranges[layer].values;
  }

  /** Turns the integers of the input into the bits of a thermometer. */
  thermometer({ layer: from, shape }: Place, thresholds: Int32Array): Place {
    const activation = { kind: 'threshold', thresholds } as const;
    const layer = this.#add({ kind: 'thermometer', ...this.#from(from), inputShape: shape, activation });
    return { layer, shape: [shape[0], shape[1], thresholds.length], affine: uniform(unit) };
  }

  /** Looks bits up in tables. */
  tables({ layer: from, shape }: Place, deployed: DeployedTables, outputShape: PictureShape): Place {
    const { tableInputs, wires, entries } = deployed;
    const columns = 2 ** tableInputs;
    const masks = bitMatrixFrom(
      entries.length / columns,
      columns,
      (row, column) => entries[row * columns + column] === 1,
    );
    const what = { kind: 'logic', inputShape: shape, outputShape, tableInputs, wires, masks } as const;
    return { layer: this.#add({ ...what, ...this.#from(from) }), shape: outputShape, affine: uniform(unit) };
  }

  /** Counts the ones of every channel. */
  counts({ layer, shape, affine }: Place): Place {
    const outputShape = [1, 1, shape[2]] as const;
    const windows = { inputShape: shape, outputShape, size: [shape[0], shape[1]], stride: [1, 1] } as const;
    return { layer: this.#pool(layer, 'sum', windows), shape: outputShape, affine };
  }

  /** Ends a place in an activation. */
  activate(place: Place, make: ActivationMaker): Place {
    const { pending, shape, affine, maximum } = place;
    const channels = shape[2];
    if (pending === undefined) {
      const made = make(affine, channels, this.rangeAt(place.layer));
      const { activation } = made;
      const layer = this.#add({ kind: 'activation', ...this.#from(place.layer), inputShape: shape, activation });
      return this.#made(layer, shape, made);
    }
    // Weights turn their sign where the function falls, so that every neuron fires upwards.
    const falls = (channel: number) => signOf(slopeAt(affine, channel)) < 0;
    const rising = { ...affine, slopes: affine.slopes.map((slope) => slope.abs()) };
    const weights = packWeights(pending.weights, falls);
    const made = make(rising, channels, this.#sumsOf(pending, weights));
    const sums = this.#add(this.#sumsLayer(pending, weights, made.activation));
    if (maximum === undefined) return this.#made(sums, shape, made);
    const takesMinimum = Uint8Array.from({ length: channels }, (_, channel) =>
      falls(channel) === signOf(slopeAt(maximum.affine, channel)) < 0 ? 0 : 1,
    );
    return this.#made(this.#pool(sums, 'extreme', maximum.windows, takesMinimum), shape, made);
  }

  /** Returns the place as integers, not pending. */
  settle(place: Place): Place {
    if (place.pending === undefined) return place;
    const exactly = unrounded(false, LARGEST_VALUE);
    const step = stepFor(this.reachOf(place), LARGEST_VALUE);
    return this.activate(place, (...of) => exactly(...of) ?? inSteps(step, LARGEST_VALUE)(...of));
  }

  /**
   * Returns the place as integers that a layer can weigh. What lies outside a picture is 0 in real numbers, so integer
   * 0 must stand for 0 there, or bits be read as signs. Weights that are rounded to 8 bits take what is nearest to 0
   * among 8 bits as well.
   */
  weighable(place: Place, needs: WeighingNeeds): Place {
    const { binaryWeights: isBinary, exactWeights: isExact = isBinary, columns, isPadded } = needs;
    const heaviest = columns * (isBinary ? 1 : LARGEST_WEIGHT);
    const limit = Math.min(Math.max(Math.floor(LARGEST_SUM / heaviest), LARGEST_BYTE), LARGEST_VALUE);
    const hasUnit = (affine: Affine) => !isExact || hasOneUnit(affine);
    if (place.pending === undefined) {
      const { affine, layer } = place;
      const range = this.rangeAt(layer);
      const isNear = !isExact && range.maximum - range.minimum >= LARGEST_BYTE && zeroIsNear(affine);
      const reach = Math.max(-range.minimum, range.maximum);
      const needsZero = isPadded && !areSigns(affine, range) && !hasZero(affine) && !isNear;
      if (hasUnit(affine) && !needsZero) return reach <= limit ? place : this.activate(place, narrowed(reach, limit));
    }
    const exactly = unrounded(isPadded, limit);
    const step = stepFor(this.reachOf(place), limit);
    return this.activate(place, (affine, ...of) => {
      const made = hasUnit(affine) ? exactly(affine, ...of) : undefined;
      return made ?? inSteps(step, limit)(affine, ...of);
    });
  }

  maximum(place: Place, windows: Windows): Place {
    const shape = windows.outputShape;
    if (place.pending !== undefined && place.maximum === undefined) {
      return { ...place, shape, maximum: { windows, affine: place.affine } };
    }
    const settled = this.settle(place);
    const takesMinimum = Uint8Array.from({ length: shape[2] }, (_, channel) =>
      signOf(slopeAt(settled.affine, channel)) < 0 ? 1 : 0,
    );
    const layer = this.#pool(settled.layer, 'extreme', windows, takesMinimum);
    return { layer, shape, affine: settled.affine };
  }

  average(place: Place, windows: Windows): Place {
    const { layer, affine } = this.settle(place);
    const count = windows.size[0] * windows.size[1];
    const slopes = affine.slopes.map((slope) => slope.div(fraction(BigInt(count), 1n)));
    return { layer: this.#pool(layer, 'sum', windows), shape: windows.outputShape, affine: { ...affine, slopes } };
  }

  sum(one: Place, other: Place): Place {
    const { shape } = one;
    const step = stepFor(Math.max(this.reachOf(one), this.reachOf(other)), LARGEST_VALUE);
    const [left, right] = haveSameUnits(one, other)
      ? [one, other]
      : [this.#toSteps(one, step), this.#toSteps(other, step)];
    const layer = this.#add({ kind: 'add', from: [left.layer, right.layer], inputShape: shape });
    const channels = Array.from(
      { length: hasZero(left.affine) && hasZero(right.affine) ? 1 : shape[2] },
      (_, at) => at,
    );
    const intercepts = channels.map((channel) =>
      interceptAt(left.affine, channel).add(interceptAt(right.affine, channel)),
    );
    return { layer, shape, affine: { slopes: left.affine.slopes, intercepts } };
  }

  /** Returns the last layer: sums as they are. */
  sums(place: Place): Place {
    return this.activate(place, (affine, channels) => ({
      activation: { kind: 'integer', shift: 0, offsets: new Int32Array(channels) },
      affine,
      isRounded: false,
    }));
  }

  /** Returns the largest real value, of either sign, that can occur at a place. */
  reachOf(place: Place): number {
    const { minimum, maximum } = this.realRangeAt(place);
    return Math.max(-minimum, maximum);
  }

  /** Returns the range that real values at a place stay within, whatever the input. */
  realRangeAt({ pending, layer, affine, shape }: Place): Range {
    if (pending === undefined) return realRange(affine, shape[2], this.rangeAt(layer));
    const { minimum, maximum } = this.#sumsOf(
      pending,
      packWeights(pending.weights, () => false),
    );
    // Weights of either sign may yet be turned.
    const largest = Math.max(-minimum, maximum);
    return realRange(affine, shape[2], { minimum: -largest, maximum: largest });
  }

  /** Returns the largest real value at a place over the examples, at least 0. */
  peakOf({ pending, layer, affine, shape }: Place): number {
    const slopes = affine.slopes.map((slope) => slope.valueOf());
    const intercepts = affine.intercepts.map((intercept) => intercept.valueOf());
    const raw: Activation = { kind: 'integer', shift: 0, offsets: new Int32Array(shape[2]) };
    const operator =
      pending &&
      createLayer(
        this.#sumsLayer(
          pending,
          packWeights(pending.weights, () => false),
          raw,
        ),
      );
    let peak = 0;
    this.#examples.forEach((_, example) => {
      const values = this.#valuesOf(pending ? pending.from : layer, example);
      const integers = operator === undefined ? values : operator([values]).values;
      integers.forEach((integer, index) => {
        peak = Math.max(peak, slopes[index % slopes.length] * integer + intercepts[index % intercepts.length]);
      });
    });
    return peak;
  }

  #toSteps(place: Place, step: number): Place {
    const unit = exactFraction(step);
    const isInSteps =
      place.pending === undefined && hasZero(place.affine) && place.affine.slopes.every((slope) => slope.equals(unit));
    return isInSteps ? place : this.activate(place, inSteps(step, LARGEST_VALUE));
  }

  #made(layer: number, shape: PictureShape, { affine, isRounded }: MadeActivation): Place {
    if (isRounded) this.round();
    return { layer, shape, affine };
  }

  #sumsOf({ from, inputEncoding }: PendingSums, weights: Weights): Range {
    return weightedRange(weights, inputEncoding, this.rangeAt(from));
  }

  #sumsLayer({ from, inputEncoding, windows }: PendingSums, weights: Weights, activation: Activation): Layer {
    const shared = { ...this.#from(from), inputEncoding, weights, activation };
    return windows === undefined
      ? { kind: 'dense', inputs: weights.columns, outputs: weights.rows, ...shared }
      : { kind: 'convolution', ...windows, ...shared };
  }

  #pool(from: number, operation: 'sum' | 'extreme', windows: Windows, takesMinimum?: Uint8Array): number {
    const minima = takesMinimum?.includes(1) === true ? { takesMinimum } : {};
    const { inputShape, outputShape, size, stride } = windows;
    return this.#add({
      kind: 'pool',
      ...this.#from(from),
      operation,
      ...minima,
      inputShape,
      outputShape,
      size,
      stride,
    });
  }

  /** Names the source of a layer if it is not the layer before. */
  #from(layer: number): { readonly from?: number } {
    return layer === this.#layers.length - 1 ? {} : { from: layer };
  }

  #add(layer: Layer): number {
    const index = this.#layers.length;
    const sources = sourcesOf(layer, index);
    this.#ranges.push(
      rangeOf(
        layer,
        sources.map((source) => this.rangeAt(source)),
      ),
    );
    this.#layers.push(layer);
    if (this.#examples.length > 0) {
      const operator = createLayer(layer);
      this.#observed.push(
        this.#examples.map((_, example) => operator(sources.map((source) => this.#valuesOf(source, example))).values),
      );
    }
    return index;
  }

  #valuesOf(layer: number, example: number): Int32Array {
    return layer < 0 ? valuesOfInput(this.#input, this.#examples[example]) : this.#observed[layer][example];
  }
}

/** Tells whether the integers of two places can be added as they are. */
function haveSameUnits(one: Place, other: Place): boolean {
  if (one.pending !== undefined || other.pending !== undefined) return false;
  return Array.from({ length: one.shape[2] }, (_, channel) => channel).every((channel) =>
    slopeAt(one.affine, channel).equals(slopeAt(other.affine, channel)),
  );
}
