import type { layers } from '@tensorflow/tfjs';
import type { Tensorflow } from '../whole-library.js';
import type { Sharpness } from '../../train/forward/sharpness.js';
import type { LayerSettings } from './settings.js';

/** The names that adiabatic layers are saved by. */
export const classNames = ['AdiabitActivation', 'AdiabitDense', 'AdiabitConv1D', 'AdiabitConv2D'] as const;
export type AdiabaticClassName = (typeof classNames)[number];

/** A layer whose functions have a sharpness. */
export interface AdiabaticLayer<Settings extends LayerSettings = LayerSettings> extends layers.Layer {
  /** The TensorFlow.js that it computes with. */
  readonly library: Tensorflow;
  readonly settings: Settings;
  sharpness: Sharpness;
}

export function isAdiabatic(layer: object): layer is AdiabaticLayer {
  const className = 'getClassName' in layer ? (layer as layers.Layer).getClassName() : '';
  return classNames.some((name) => name === className);
}

/** Lists the adiabatic layers of a model, in its order. */
export function adiabaticLayersOf(model: { readonly layers: readonly object[] }): readonly AdiabaticLayer[] {
  return model.layers.filter(isAdiabatic);
}
