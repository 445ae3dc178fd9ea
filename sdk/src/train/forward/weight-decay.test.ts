import { Random } from '@adiabit/simulator/random';
import { expect, test } from 'vitest';
import { resolveLayers } from '../network/network.js';
import { initialParameters } from '../network/parameters.js';
import { everyLayerNetwork } from '../testing/toy-pictures.js';
import { decays, decayWeights } from './weight-decay.js';

test.each(['real', 'weights', 'activations', 'both'] as const)(
  'only weights that stay real shrink, in mode %s',
  (mode) => {
    const layers = resolveLayers(everyLayerNetwork(mode));
    const parameters = initialParameters(layers, Random.fromSeed(1));
    const before = structuredClone(parameters);
    decayWeights(layers, parameters, 0.5);
    layers.forEach((layer, index) => {
      const factor = decays(layer) ? 0.5 : 1;
      const kernel = before[index].kernel.map((weight) => factor * weight);
      expect(parameters[index]).toEqual({ ...before[index], kernel });
      if (decays(layer)) expect('binaryWeights' in layer && layer.binaryWeights).toBe(false);
    });
    expect(layers.filter(decays).length).toBeGreaterThan(mode === 'real' || mode === 'activations' ? 2 : 0);
  },
);
