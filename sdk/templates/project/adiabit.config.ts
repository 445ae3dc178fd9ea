import { defineConfig } from '@adiabit/sdk/config';

export default defineConfig({
  name: '{{name}}',
  data: {
    format: 'csv',
    // A recording a file: idle-1.csv, idle-2.csv, ... The name before the number is the class.
    files: 'data/*.csv',
    features: ['current', 'vibration'],
    label: { from: 'file' },
    // No recording is cut in two: its windows are all in training, all in validation, or all in test.
    recording: 'file',
    window: { length: 32, stride: 8 },
    sampleRateHz: 100,
    split: { validation: 0.2, test: 0.25, seed: 1 },
  },
  recipe: {
    network: {
      mode: 'both', // weights and activations are single bits
      layers: [
        { units: 32, activation: 'none', latentBound: 3 },
        { kind: 'batch-norm' },
        { kind: 'activation', activation: 'sigmoid' },
        { units: 3, activation: 'none', sharpness: 5 },
      ],
    },
    batchSize: 32,
    // The sharpness k of weights and activations, and how many epochs of it: raised until they are signs.
    schedule: {
      phases: [
        { kWeight: 3, kActivation: 3, epochs: 4 },
        { kWeight: 5, kActivation: 4, epochs: 2 },
        { kWeight: 10, kActivation: 6, epochs: 2 },
        { kWeight: 30, kActivation: 12, epochs: 2 },
        { kWeight: 100, kActivation: 24, epochs: 2 },
        { kWeight: 999, kActivation: 95, epochs: 4 },
      ],
      learningRate: { initial: 1e-2, k0: 3, power: 1, follows: 'kWeight' },
    },
  },
  targets: { boards: ['{{board}}'], c: true },
  // The build fails when the network misses one of these.
  budgets: { minAccuracy: 0.9, maxBitstreamBytes: 4096 },
});
