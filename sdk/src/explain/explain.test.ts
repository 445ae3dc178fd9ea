import { bitMatrixFrom } from '@adiabit/simulator/bits';
import type { Network } from '@adiabit/simulator/network';
import { expect, it } from 'vitest';
import { explain } from './explain.js';
import { explanationPicture } from './picture.js';
import { explanationText } from './text.js';

/**
 * A line of four bits, windows of two side by side, two channels, the second inverted; the larger of two places; two
 * classes. Worked out by hand.
 */
const network: Network = {
  input: { count: 4, bits: 1 },
  layers: [
    {
      kind: 'convolution',
      inputEncoding: 'bipolar',
      inputShape: [1, 4, 1],
      outputShape: [1, 4, 2],
      size: [1, 2],
      stride: [1, 1],
      padding: [0, 0],
      // Channel 0: +1 +1, channel 1: +1 -1.
      weights: bitMatrixFrom(2, 2, (channel, tap) => channel === 0 || tap === 0),
      activation: { kind: 'threshold', thresholds: Int32Array.of(1, 0), inverted: Uint8Array.of(0, 1) },
    },
    {
      kind: 'pool',
      operation: 'extreme',
      inputShape: [1, 4, 2],
      outputShape: [1, 2, 2],
      size: [1, 2],
      stride: [1, 2],
    },
    {
      kind: 'dense',
      inputs: 4,
      outputs: 2,
      inputEncoding: 'unsigned',
      weights: { rows: 2, columns: 4, values: Int8Array.of(3, 0, 0, -5, 1, 1, 1, 1) },
      activation: { kind: 'integer', shift: 1, offsets: Int32Array.of(7, 0) },
    },
  ],
};
/** As +1 and -1: + + - +; beyond it is nothing. */
const input = Uint8Array.of(1, 1, 0, 1);
const explanation = explain(network, input, 3);

it('gives sums, what they are made of, thresholds and margins as worked out by hand', () => {
  const [convolution, pool] = explanation.layers;
  // Windows ++, +-, -+, + and nothing: the sums of channel 0 are 2, 0, 0, 1, those of channel 1 are 0, 2, -2, 1.
  expect([...convolution.sums]).toEqual([2, 0, 0, 2, 0, -2, 1, 1]);
  expect([...convolution.values]).toEqual([1, 0, 0, 0, 0, 1, 1, 0]);
  expect([...(convolution.bits?.margins ?? [])]).toEqual([1, 0, -1, 2, -1, -2, 0, 1]);
  expect(convolution.bits?.nearest).toEqual([
    { y: 0, x: 0, channel: 1, votes: { up: 1, down: 1 }, sum: 0, threshold: 0, margin: 0, bit: 0 },
    { y: 0, x: 1, channel: 0, votes: { up: 1, down: 1 }, sum: 0, threshold: 1, margin: -1, bit: 0 },
    { y: 0, x: 2, channel: 0, votes: { up: 1, down: 1 }, sum: 0, threshold: 1, margin: -1, bit: 0 },
  ]);
  expect([...pool.values]).toEqual([1, 0, 1, 1]);
  expect(explanation.outputs).toEqual([
    { class: 0, sum: -2, offset: 7, output: 3 },
    { class: 1, sum: 3, offset: 0, output: 6 },
  ]);
  expect(explanation).toMatchObject({ class: 1, next: { class: 0, behind: 3 } });
});

it('prints columns that line up, without those that say nothing', () => {
  expect(explanationText(explanation)).toBe(
    [
      'class 1, 3 above class 0',
      'layer 0 convolution, 4 x 2, from the input: 3 of 8 bits are 1; 3 nearest to turning',
      '  x  channel  up  down  sum  threshold  margin  bit',
      '  0        1   1     1    0          0       0    0',
      '  1        0   1     1    0          1      -1    0',
      '  2        0   1     1    0          1      -1    0',
      'layer 1 pool, 2 x 2, from layer 0: 3 of 4 bits are 1',
      'outputs of layer 2',
      '  class  sum  offset  output',
      '      0   -2       7       3',
      '      1    3       0       6',
    ].join('\n'),
  );
});

it.each([
  ['a grey picture', [2, 2], 1 + 2],
  ['a line of values, as a wave', [4], 2],
])('draws the input as %s, a picture for each layer of places, a bar for each class', (_, shape, images) => {
  const picture = explanationPicture(explanation, 'by <hand>', { values: input, shape });
  expect(picture).toContain('by &lt;hand&gt;');
  expect(picture).toContain('3 of 8 bits are 1; orange 1, blue 0');
  expect(picture.match(/<image/g)).toHaveLength(images);
  expect(picture.match(/href="data:image\/png;base64,/g)).toHaveLength(images);
  expect(picture.match(/<rect /g)).toHaveLength(1 + 2);
});
