import { ModelError } from '@adiabit/simulator/errors';
import type { layers, LayersModel } from '@tensorflow/tfjs';
import type { ExampleTensor } from '../library.js';
import { trunkOf } from './trunk.js';

/** Lists the batch normalisations of a model, each after those that it depends on. */
export function normalizationsOf(model: LayersModel): readonly layers.Layer[] {
  const { steps } = trunkOf(model);
  return steps.map(({ layer }) => layer).filter((layer) => layer.getClassName() === 'BatchNormalization');
}

/**
 * Checks that there are examples if a model has batch normalisation.
 * @throws ModelError `model.bad-value` if there are none
 */
export function checkExamples(model: LayersModel, examples: ExampleTensor | undefined): void {
  if (examples !== undefined || normalizationsOf(model).length === 0) return;
  const message = `The model "${model.name}" has batch normalisation: pass the training examples, whose mean and variance it needs once it is hard.`;
  throw new ModelError('bad-value', message, { model: model.name });
}
