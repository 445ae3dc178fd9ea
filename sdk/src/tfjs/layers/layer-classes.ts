import type { Tensorflow } from '../whole-library.js';
import { type LayerClass, makeLayerClass } from './layer-class.js';
import { activationKind, conv1dKind, conv2dKind, denseKind } from './layer-kinds.js';
import type { ConvolutionSettings, DenseSettings, LayerSettings } from './settings.js';

/** The classes of adiabatic layers of one library. */
export interface LayerClasses {
  readonly activation: LayerClass<LayerSettings>;
  readonly dense: LayerClass<DenseSettings>;
  readonly conv1d: LayerClass<ConvolutionSettings>;
  readonly conv2d: LayerClass<ConvolutionSettings>;
}

/** By the class that layers extend: one library can be seen as several objects. */
const classesByLibrary = new WeakMap<object, LayerClasses>();

/** Returns the classes of a library; the first call registers them there, so that saved models can be loaded. */
export function layerClassesOf(tf: Tensorflow): LayerClasses {
  const known = classesByLibrary.get(tf.layers.Layer);
  if (known !== undefined) return known;
  const classes: LayerClasses = {
    activation: makeLayerClass(tf, activationKind),
    dense: makeLayerClass(tf, denseKind),
    conv1d: makeLayerClass(tf, conv1dKind),
    conv2d: makeLayerClass(tf, conv2dKind),
  };
  for (const one of Object.values(classes) as LayerClasses['activation'][]) tf.serialization.registerClass(one);
  classesByLibrary.set(tf.layers.Layer, classes);
  return classes;
}
