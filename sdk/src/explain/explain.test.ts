import { bitMatrixFrom, type Bitstream } from '@adiabit/simulator';
import { expect, it } from 'vitest';
import { explain, nearest } from './explain.js';
import { explanationPicture } from './picture.js';
import { explanationText } from './text.js';

/** Three inputs of two bits, two neurons, two classes, worked out by hand. */
const bitstream: Bitstream = {
  architecture: {
    layers: [
      { kind: 'dense', activation: 'threshold', inputs: 3, outputs: 2, inputBits: 2, shift: 0 },
      { kind: 'dense', activation: 'integer', inputs: 2, outputs: 2, inputBits: 1, shift: 2 },
    ],
  },
  configuration: [
    {
      weights: bitMatrixFrom(2, 3, (neuron, input) => (neuron === 0 ? input !== 1 : input === 1)),
      thresholds: Uint32Array.of(4, 3),
      offsets: new Int32Array(),
    },
    {
      weights: bitMatrixFrom(2, 2, (label, neuron) => label === neuron),
      thresholds: new Uint32Array(),
      offsets: Int32Array.of(-1, 1),
    },
  ],
  goldenVectors: [],
  description: { name: 'by hand', modelDigest: '', compiler: 'test' },
};

// x = (3, 1, 2): neuron 0 counts 3 + (3 - 1) + 2 = 7, neuron 1 counts 0 + 1 + 1 = 2. The bits are 1 and 0.
const explanation = explain(bitstream, Uint8Array.of(3, 1, 2));

it('gives counts, thresholds and margins as worked out by hand', () => {
  expect(explanation.layers).toEqual([
    {
      layer: 0,
      neurons: [
        { neuron: 0, count: 7, threshold: 4, margin: 3, fires: true },
        { neuron: 1, count: 2, threshold: 3, margin: -1, fires: false },
      ],
    },
  ]);
  // Class 0 agrees with both bits: (2 << 2) - 1; class 1 with none: (0 << 2) + 1.
  expect(explanation.outputs).toEqual([
    { class: 0, count: 2, offset: -1, output: 7 },
    { class: 1, count: 0, offset: 1, output: 1 },
  ]);
  expect(explanation).toMatchObject({ class: 0, next: { class: 1, behind: 6 } });
});

it('names the neuron that the least change would turn first', () => {
  expect(nearest(explanation.layers[0], 1).map(({ neuron }) => neuron)).toEqual([1]);
});

it('prints columns that line up', () => {
  expect(explanationText(explanation, 2)).toBe(
    [
      'class 0, 6 above class 1',
      'layer 0: 1 of 2 neurons fire; 2 nearest to turning',
      '  neuron  count  threshold  margin  bit',
      '       1      2          3      -1    0',
      '       0      7          4       3    1',
      'outputs of layer 1',
      '  class  count  offset  output',
      '      0      2      -1       7',
      '      1      0       1       1',
    ].join('\n'),
  );
});

it('draws a bar for every neuron and every class', () => {
  const picture = explanationPicture(explanation, 'by <hand>');
  expect(picture).toContain('by &lt;hand&gt;');
  const bars = picture.match(/<rect /g) ?? [];
  expect(bars).toHaveLength(1 + 2 + 2);
});
