import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import type { BinarizedModel } from './model.js';
import { loadModel, modelDigest, parseModel, parseModelFile, saveModel, serializeModel } from './model-file.js';

const model: BinarizedModel = {
  name: 'tiny',
  input: { count: 33, bits: 8 },
  layers: [
    {
      kind: 'dense',
      inputs: 33,
      outputs: 2,
      inputEncoding: 'unsigned',
      weights: bitMatrixFrom(2, 33, (row, column) => (row + column) % 3 === 0),
      activation: { kind: 'threshold', thresholds: Int32Array.of(-5, 700) },
    },
    {
      kind: 'dense',
      inputs: 2,
      outputs: 3,
      inputEncoding: 'unsigned',
      weights: bitMatrixFrom(3, 2, (row, column) => row > column),
      activation: { kind: 'integer', shift: 3, offsets: Int32Array.of(1, -2, 3) },
    },
  ],
};

const codeOf = (text: string): string => {
  try {
    parseModel(text);
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** The file with one thing changed. */
const changed = (
  change: (content: { version: number; layers: { outputs: number; weights: { data: string } }[] }) => void,
): string => {
  const content = JSON.parse(serializeModel(model)) as Parameters<typeof change>[0];
  change(content);
  return JSON.stringify(content);
};

describe('a model file', () => {
  it('reads back as the same model with the same digest, its weights still packed bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'adiabit-model-'));
    await saveModel(join(folder, 'tiny.model.json'), model);
    const loaded = await loadModel(join(folder, 'tiny.model.json'));
    await rm(folder, { recursive: true });
    expect(loaded).toEqual(model);
    expect(modelDigest(loaded)).toBe(modelDigest(model));
    const { layers } = JSON.parse(serializeModel(model)) as { layers: { weights: { data: string } }[] };
    expect(Buffer.from(layers[0].weights.data, 'base64')).toHaveLength(2 * 2 * 4);
  });

  it('carries how freezing came out, which changes neither the model nor its digest', () => {
    const outputs = { minimum: -3, maximum: 2.5 };
    const comparison = {
      isExact: true,
      agreement: { equal: 9, total: 10, largestDifference: 0.25, outputs },
      held: [{ layer: 2, holds: 1.5, reach: 40 }],
      testAccuracy: { hard: 0.9, frozen: 0.875 },
    };
    const text = serializeModel(model, comparison);
    expect(parseModelFile(text)).toEqual({ model, comparison });
    expect(parseModelFile(serializeModel(model))).toEqual({ model });
    expect((JSON.parse(text) as { digest: string }).digest).toBe(modelDigest(model));
    expect(codeOf(text.replace('"equal": 9', '"equal": -9'))).toBe('format.bad-value');
  });

  it('carries what it was trained on, which does not change the digest of the network', () => {
    const trainedOn = { kind: 'sound', shape: [800], sampleRateHz: 8000, classNames: ['näin', 'tak\n'] } as const;
    const text = serializeModel({ ...model, trainedOn });
    expect(parseModel(text)).toEqual({ ...model, trainedOn });
    expect((JSON.parse(text) as { digest: string }).digest).toBe(modelDigest(model));
    expect(codeOf(text.replace('"sound"', '"smell"'))).toBe('format.bad-value');
  });

  it('of another version is refused with what to do about it', () => {
    expect(() => parseModel(changed((content) => (content.version = 3)))).toThrow(/version 3.*Update Adiabit/);
    expect(() => parseModel(changed((content) => (content.version = 1)))).toThrow(
      /version 1.*Train or freeze it again/,
    );
  });

  it('that is another file, of a newer version, or changed by hand is refused by name', () => {
    expect(codeOf('PK')).toBe('format.bad-magic');
    expect(codeOf('{"format":"onnx"}')).toBe('format.bad-magic');
    expect(codeOf(changed((content) => (content.version = 3)))).toBe('format.unsupported-version');
    expect(codeOf(changed(({ layers }) => (layers[0].weights.data = layers[0].weights.data.replace('S', 'T'))))).toBe(
      'format.digest-mismatch',
    );
  });

  it('with a wrong shape names the layer', () => {
    expect(codeOf(changed(({ layers }) => (layers[0].outputs = 3)))).toBe('model.shape-mismatch');
    expect(codeOf(changed(({ layers }) => (layers[0].weights.data = 'AAAA')))).toBe('format.bad-value');
    expect(codeOf(changed(({ layers }) => layers.pop()))).toBe('model.shape-mismatch');
    expect(() => parseModel(changed(({ layers }) => (layers[1].outputs = -1)))).toThrow('layers.1.outputs');
  });
});
