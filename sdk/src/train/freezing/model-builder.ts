import { fraction } from 'mathjs';
import type { Activation, BinarizedLayer, BinarizedModel, ModelInput } from '../../model/model.js';
import { sourcesOf } from '../../model/model.js';
import { createOperator, lessZeroPoints } from '../../model/oracle.js';
import type { LayerRange, Range } from '../../model/ranges.js';
import { inputRange, rangeOf, weightedRange } from '../../model/ranges.js';
import { exactFraction } from '../../model/rational.js';
import { requantizeOf } from './activations.js';
import type { Affine } from './affine.js';
import { signOf, slopeAt, uniform } from './affine.js';
import type { PendingSums, Place, Windows } from './place.js';
import { packWeights } from './weights.js';

/** Values that are neither bits nor the inputs of weights: 16 bits, in steps of 2^-10. */
const streamStep = 2 ** -10;
const streamLimits: Range = { minimum: -32_767, maximum: 32_767 };

/** Makes the activation of integers within `sums` that stand for what `affine` says. */
export type ActivationMaker = (affine: Affine, channels: number, sums: Range) => Activation;

/** Collects the layers of a model, knows what their values stay within and what they are for some examples. */
export class ModelBuilder {
  private readonly layers: BinarizedLayer[] = [];
  private readonly ranges: LayerRange[] = [];
  private readonly observed: Int32Array[][] = [];

  /** @param examples inputs whose values are followed through the layers, for `peakOf` */
  constructor(
    private readonly input: ModelInput,
    private readonly examples: readonly Uint8Array[],
  ) {}

  model(name: string): BinarizedModel {
    return { name, input: this.input, layers: this.layers };
  }

  rangeAt(layer: number): Range {
    return layer < 0 ? inputRange(this.input) : this.ranges[layer].values;
  }

  /** Ends a place in an activation, whose values stand for what `after` says. */
  activate(place: Place, make: ActivationMaker, after: Affine): Place {
    const { pending, shape, affine, maximum } = place;
    const channels = shape[2];
    if (pending === undefined) {
      const activation = make(affine, channels, this.rangeAt(place.layer));
      const layer = this.add({ kind: 'activation', ...this.from(place.layer), inputShape: shape, activation });
      return { layer, shape, affine: after };
    }
    // Weights turn their sign where the function falls, so that every neuron fires upwards.
    const falls = (channel: number) => signOf(slopeAt(affine, channel)) < 0;
    const rising = { ...affine, slopes: affine.slopes.map((slope) => slope.abs()) };
    const sums = this.add(this.sumsLayer(pending, falls, (range) => make(rising, channels, range), channels));
    if (maximum === undefined) return { layer: sums, shape, affine: after };
    const takesMinimum = Uint8Array.from({ length: channels }, (_, channel) =>
      falls(channel) === signOf(slopeAt(maximum.affine, channel)) < 0 ? 0 : 1,
    );
    return { layer: this.pool(sums, 'extreme', maximum.windows, takesMinimum), shape, affine: after };
  }

  /** As integers that can be added, averaged or weighed: a place that already is such stays as it is. */
  settle(place: Place): Place {
    return place.pending === undefined ? place : this.toStream(place);
  }

  /** As integers of the one step that sums of layers have. */
  toStream(place: Place): Place {
    const make: ActivationMaker = (affine, channels, sums) =>
      requantizeOf(affine, channels, sums, streamStep, streamLimits);
    return this.activate(place, make, uniform(exactFraction(streamStep)));
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
    const layer = this.pool(settled.layer, 'extreme', windows, takesMinimum);
    return { layer, shape, affine: settled.affine };
  }

  average(place: Place, windows: Windows): Place {
    const { layer, affine } = this.settle(place);
    const count = windows.size[0] * windows.size[1];
    const slopes = affine.slopes.map((slope) => slope.div(fraction(BigInt(count), 1n)));
    return { layer: this.pool(layer, 'sum', windows), shape: windows.outputShape, affine: { ...affine, slopes } };
  }

  sum(one: Place, other: Place): Place {
    const from = [this.asStream(one).layer, this.asStream(other).layer] as const;
    const layer = this.add({ kind: 'add', from, inputShape: one.shape });
    return { layer, shape: one.shape, affine: uniform(exactFraction(streamStep)) };
  }

  /** The last layer: sums as they are. */
  sums(place: Place): Place {
    const make: ActivationMaker = (_, channels) => ({ kind: 'integer', shift: 0, offsets: new Int32Array(channels) });
    return this.activate(place, make, place.affine);
  }

  /** The largest real value at a place over the examples, at least 0. */
  peakOf({ pending, layer, affine, shape }: Place): number {
    const slopes = affine.slopes.map((slope) => slope.valueOf());
    const intercepts = affine.intercepts.map((intercept) => intercept.valueOf());
    const raw: Activation = { kind: 'integer', shift: 0, offsets: new Int32Array(shape[2]) };
    const operator =
      pending &&
      createOperator(
        this.sumsLayer(
          pending,
          () => false,
          () => raw,
          shape[2],
        ),
      );
    let peak = 0;
    this.examples.forEach((_, example) => {
      const values = this.valuesOf(pending ? pending.from : layer, example);
      const integers = operator === undefined ? values : operator([values]).values;
      integers.forEach((integer, index) => {
        peak = Math.max(peak, slopes[index % slopes.length] * integer + intercepts[index % intercepts.length]);
      });
    });
    return peak;
  }

  private asStream(place: Place): Place {
    const isStream =
      place.pending === undefined &&
      place.affine.slopes.every((slope) => slope.equals(exactFraction(streamStep))) &&
      place.affine.intercepts.every((intercept) => signOf(intercept) === 0);
    return isStream ? place : this.toStream(place);
  }

  private sumsLayer(
    { from, inputEncoding, weights, windows }: PendingSums,
    isFlipped: (channel: number) => boolean,
    make: (sums: Range) => Activation,
    channels: number,
  ): BinarizedLayer {
    const packed = packWeights(weights, isFlipped);
    const activation = make(weightedRange(packed, inputEncoding, this.rangeAt(from)));
    const shared = { ...this.from(from), inputEncoding, weights: packed, activation };
    return windows === undefined
      ? { kind: 'dense', inputs: weights.columns, outputs: channels, ...shared }
      : { kind: 'convolution', ...windows, ...shared };
  }

  private pool(from: number, operation: 'sum' | 'extreme', windows: Windows, takesMinimum?: Uint8Array): number {
    const minima = takesMinimum?.includes(1) === true ? { takesMinimum } : {};
    const { inputShape, outputShape, size, stride } = windows;
    return this.add({ kind: 'pool', ...this.from(from), operation, ...minima, inputShape, outputShape, size, stride });
  }

  /** Said only where it is not the layer before. */
  private from(layer: number): { readonly from?: number } {
    return layer === this.layers.length - 1 ? {} : { from: layer };
  }

  private add(layer: BinarizedLayer): number {
    const index = this.layers.length;
    const sources = sourcesOf(layer, index);
    this.ranges.push(
      rangeOf(
        layer,
        sources.map((source) => this.rangeAt(source)),
      ),
    );
    this.layers.push(layer);
    if (this.examples.length > 0) {
      const operator = createOperator(layer);
      this.observed.push(
        this.examples.map((_, example) => operator(sources.map((source) => this.valuesOf(source, example))).values),
      );
    }
    return index;
  }

  private valuesOf(layer: number, example: number): Int32Array {
    return layer < 0 ? lessZeroPoints(this.input, this.examples[example]) : this.observed[layer][example];
  }
}
