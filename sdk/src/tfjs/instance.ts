import { ModelError } from '@adiabit/simulator/errors';
import type { LayersModel } from '@tensorflow/tfjs';
import { asTensorflow } from '../train/backends/starting.js';
import { adiabaticLayersOf } from './layers/adiabatic-layer.js';
import type { TensorLibrary, TrainableModel } from './library.js';
import type { Tensorflow } from './whole-library.js';

/**
 * Returns the program's TensorFlow.js.
 * @throws ModelError `model.bad-value` for another object
 */
export function libraryOf(tf: TensorLibrary): Tensorflow {
  const library = asTensorflow(tf) as Partial<Omit<Tensorflow, 'default'>>;
  if (typeof library.layers?.Layer === 'function' && library.serialization !== undefined)
    return library as unknown as Tensorflow;
  const message =
    'The first argument must be all of TensorFlow.js, with its layers: import * as tf from "@tensorflow/tfjs".';
  throw new ModelError('bad-value', message);
}

/**
 * Returns a model of layers that this library made.
 * @throws ModelError `model.bad-value` for a model of another copy of TensorFlow.js, and for what is none
 */
export function modelOf(tf: Tensorflow, model: TrainableModel): LayersModel {
  if (model instanceof tf.LayersModel) return model;
  const isOfAnother = 'getClassName' in model && 'layers' in model;
  const message = isOfAnother
    ? `The model "${model.name}" is of another copy of TensorFlow.js than the one that was passed (version ${tf.version_core}): ` +
      'two copies do not know the layers of each other. Pass the one that made the model; ' +
      '"npm ls @tensorflow/tfjs-layers" shows where there are two, and "npm dedupe" may leave one.'
    : 'This is no model of layers: pass a tf.sequential or a tf.model.';
  throw new ModelError('bad-value', message);
}

/** A model with adiabatic layers, and the library that made them. */
export interface AdiabaticModel {
  readonly tf: Tensorflow;
  readonly model: LayersModel;
}

/**
 * Returns a model with adiabatic layers.
 * @throws ModelError `model.bad-value` for a model without
 */
export function adiabaticModelOf(model: TrainableModel): AdiabaticModel {
  const first = adiabaticLayersOf(model).at(0);
  if (first !== undefined) return { tf: first.library, model: modelOf(first.library, model) };
  const message = `The model "${model.name}" has no adiabatic layers: pass it through binarize, or build it of adiabaticLayers.`;
  throw new ModelError('bad-value', message, { model: model.name });
}
