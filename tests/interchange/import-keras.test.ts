import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importKeras } from '@adiabit/sdk/interchange';
import { createOracle } from '@adiabit/sdk/model';
import { AdiabitError, FormatError, ModelError } from '@adiabit/simulator/errors';
import { graphOfKeras } from '../../sdk/src/interchange/keras/keras-graph.js';

const vector = (name: string): URL => new URL(`../vectors/keras/${name}`, import.meta.url);

describe('a model of Larq', () => {
  it('is imported with the classes that Larq computes: 9 x 12 pictures in two channels', async () => {
    const { inputs, classes } = JSON.parse(await readFile(vector('larq-pictures.json'), 'utf8')) as {
      readonly inputs: string;
      readonly classes: string;
    };
    const { model, notes } = importKeras(await readFile(vector('larq-pictures.h5')));
    expect(model.trainedOn).toEqual({ kind: 'picture', shape: [9, 12, 2] });
    expect(notes.filter(({ kind }) => kind === 'rounded-weights')).toEqual([]);
    const bytes = Buffer.from(inputs, 'base64');
    const oracle = createOracle(model);
    const found = Array.from(classes, (_, index) => oracle(bytes.subarray(index * 216, (index + 1) * 216)).class);
    expect(found.join('')).toBe(classes);
  });

  it('keeps the weights of quantised layers as bits', async () => {
    const { model } = importKeras(await readFile(vector('larq-pictures.h5')));
    const weighted = model.layers.filter((layer) => 'weights' in layer);
    expect(weighted.map(({ weights }) => 'words' in weights)).toEqual([true, true, true]);
  });

  it('is refused with the layer that has no form here, and a file that is none with what to save', () => {
    const input = {
      className: 'InputLayer',
      name: 'input',
      config: { batch_input_shape: [null, 4] },
      weights: new Map(),
    };
    const layer = { className: 'LSTM', name: 'memory', config: {}, weights: new Map() };
    const read = (): unknown => graphOfKeras({ name: 'net', className: 'Sequential', layers: [input, layer] });
    expect(read).toThrow(ModelError);
    expect(read).toThrow('Node "memory" (LSTM) has no form here. Known are QuantDense');
    expect(() => importKeras(new Uint8Array(100))).toThrow(FormatError);
  });
});

describe('a file that is damaged or hostile', () => {
  it('becomes a model or is refused with a code when bytes of its configuration, or any others, change', async () => {
    const bytes = await readFile(vector('larq-pictures.h5'));
    const start = bytes.indexOf('{"class_name"');
    expect(start).toBeGreaterThan(0);
    const place = fc.oneof(fc.integer({ min: start, max: start + 4000 }), fc.nat(bytes.length - 1));
    const codes = new Set<string>();
    fc.assert(
      fc.property(place, fc.constantFrom(...Array.from('0-9"[]{}:,xn')), (at, character) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = character.charCodeAt(0);
        try {
          importKeras(damaged);
        } catch (error) {
          if (!(error instanceof AdiabitError)) throw error;
          codes.add(error.code);
        }
      }),
      { numRuns: 300 },
    );
    expect([...codes]).toContain('format.bad-magic');
  });
});
