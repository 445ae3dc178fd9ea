import type { InputEncoding, PictureShape } from '../../model/model.js';
import type { Affine } from './affine.js';
import type { FrozenWeights } from './weights.js';

/** Windows over a picture, as pools and convolutions share them. */
export interface Windows {
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
}

/** Weighted sums whose layer is not made yet: its activation is still to come. */
export interface PendingSums {
  readonly from: number;
  readonly inputEncoding: InputEncoding;
  readonly weights: FrozenWeights;
  /** If absent, the layer is dense. */
  readonly windows?: Windows & { readonly padding: readonly [number, number] };
}

/** A maximum that the activation will be pulled before. */
export interface PendingMaximum {
  readonly windows: Windows;
  /** What the values stood for when the maximum was taken. */
  readonly affine: Affine;
}

/** A place in the network while it is frozen: integers, and what they stand for. */
export interface Place {
  /** The layer of the model that gives the integers, -1 for the input; of pending sums the layer before them. */
  readonly layer: number;
  /** The shape after the pending maximum. */
  readonly shape: PictureShape;
  readonly affine: Affine;
  readonly pending?: PendingSums;
  readonly maximum?: PendingMaximum;
}
