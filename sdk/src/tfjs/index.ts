/**
 * For programs that already train with TensorFlow.js: their network becomes binary, `model.fit` trains it as ever, and what
 * comes out is exact integers (docs/guides/tfjs.md).
 *
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * const model = binarize(tf, tf.sequential({ layers }), { mode: 'both' });
 * model.compile({ optimizer: tf.train.adam(0.004), loss: 'categoricalCrossentropy' });
 * await model.fit(images, labels, { epochs: 16, callbacks: adiabatic(model, { epochs: 16 }) });
 * const { model: integers } = await freezeLayersModel(model, { input: { bits: 8, divisor: 255 } });
 * ```
 *
 * The TensorFlow.js used is the one that is passed: this door loads none. Its layers are registered there, so that a
 * model can be saved and loaded; a program that only loads calls `adiabaticLayers(tf)` first.
 */
export { adiabatic } from './adiabatic.js';
export type { AdiabaticCallback, AdiabaticOptions } from './adiabatic.js';
export { binarize } from './binarize.js';
export type { BinarizeOptions } from './binarize.js';
export { exampleBytes } from './examples.js';
export { freezeLayersModel } from './freeze-layers-model.js';
export type { FreezeLayersModelOptions, FrozenLayersModel } from './freeze-layers-model.js';
export { adiabaticLayers } from './layers/factories.js';
export type {
  AdiabaticActivationArgs,
  AdiabaticConvolutionArgs,
  AdiabaticDenseArgs,
  AdiabaticLayers,
  AdiabaticLayersOptions,
} from './layers/factories.js';
export type { LayerActivation } from './layers/settings.js';
export type { ExampleTensor, ModelInput, TensorLibrary, TrainableModel } from './library.js';
export type { AdiabaticSchedule, RisingSchedule } from './schedule.js';
export { settle } from './settle.js';
export { registerTrainingKernels } from './training-kernels.js';
export { sharpen, sharpnessOf } from './sharpness.js';
export type { Sharpness } from '../train/forward/sharpness.js';
