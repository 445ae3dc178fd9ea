import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { KernelReport } from './backend.js';
import { MASK_KERNEL_NAME } from './mask-kernel.js';
import type { StartedBackend } from './starting.js';

/** What training and evaluating call of TensorFlow.js, whatever the layers. Held against real steps by a test. */
const kernelsOfAllLayers: readonly string[] = [
  // Sums, and the weights and activations in use.
  ...['Add', 'BatchMatMul', 'ClipByValue', 'Multiply', 'RealDiv', 'Relu', 'Sigmoid', 'Sub', 'Tanh'],
  // Hard activations and weights.
  ...['GreaterEqual', 'ZerosLike'],
  // Gradients, loss and classes.
  ...['ArgMax', 'Cast', 'Exp', 'Identity', 'LessEqual', 'Log', 'LogicalAnd', 'Max', 'Reshape', 'Select', 'Step', 'Sum'],
  // Convolutions and pools.
  ...['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'MaxPool', 'MaxPoolGrad', 'AvgPool', 'AvgPoolGrad'],
  // Dropout.
  MASK_KERNEL_NAME,
  // Normalisation and sounds.
  ...['GatherV2', 'Maximum', 'Mean', 'Rsqrt', 'Sqrt', 'Square'],
];

/** What is called besides where the weights stay on the device. */
const onDevices: readonly string[] = ['Concat', 'Minimum', 'Neg', 'Slice'];

export function neededKernels(weightsOn: StartedBackend['weightsOn']): readonly string[] {
  return weightsOn === 'device' ? [...kernelsOfAllLayers, ...onDevices] : kernelsOfAllLayers;
}

/** Looks every needed kernel up. */
export function reportKernels({ tf, registeredName, weightsOn, ourKernels }: StartedBackend): KernelReport {
  const needed = [...new Set([...neededKernels(weightsOn), ...ourKernels])];
  const isThere = (name: string): boolean =>
    (tf.getKernel(name, registeredName) as KernelConfig | undefined) !== undefined;
  const isOurs = (name: string): boolean => ourKernels.includes(name);
  return {
    stock: needed.filter((name) => isThere(name) && !isOurs(name)),
    ours: needed.filter((name) => isThere(name) && isOurs(name)),
    missing: needed.filter((name) => !isThere(name)),
  };
}
