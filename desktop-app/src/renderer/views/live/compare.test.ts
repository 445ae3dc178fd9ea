import { expect, test } from 'vitest';
import type { LiveLayer } from '../../../common/contract/live.js';
import { int32Bytes, integersOf } from '../../../common/int32-bytes.js';
import { firstDifference, margin, placeIn } from './compare.js';

const layers: readonly LiveLayer[] = [
  { kind: 'convolution', shape: [2, 3, 2], isBinary: true },
  { kind: 'dense', shape: [1, 1, 3], isBinary: false },
];
const answered = (outputs: readonly number[], ...values: readonly (readonly number[])[]) => ({
  class: 0,
  outputs,
  ...(values.length === 0 ? {} : { layers: values.map((one) => int32Bytes(Int32Array.from(one))) }),
});

test('integers cross as little-endian bytes, negative ones too, wherever they lie in a message', () => {
  const message = new Uint8Array([9, ...int32Bytes(Int32Array.of(-1, 70_000))]);
  expect([...integersOf(message.subarray(1))]).toEqual([-1, 70_000]);
});

test('equal answers have no difference', () => {
  expect(firstDifference(answered([5, -3, 2]), answered([5, -3, 2]), layers)).toBeUndefined();
  expect(firstDifference(answered([5], [1], [5]), answered([5], [1], [5]), layers)).toBeUndefined();
});

test('of outputs alone the first that differs is named, and that layers before were not looked at', () => {
  expect(firstDifference(answered([5, -3, 2]), answered([5, 4, 1]), layers)).toEqual({
    layer: 1,
    isFirst: false,
    neuron: 1,
    device: -3,
    simulator: 4,
    count: 2,
  });
});

test('where the device tells its layers, the first that differs is named, even if the outputs are equal', () => {
  const device = answered([7], [0, 0, 1], [7]);
  expect(firstDifference(device, answered([7], [0, 1, 1], [7]), layers)).toEqual({
    layer: 0,
    isFirst: true,
    neuron: 1,
    device: 0,
    simulator: 1,
    count: 1,
  });
});

test('a place in a map has a row, a column and a channel; one in a dense layer a number', () => {
  expect(placeIn(layers[0], 9)).toBe('row 1, column 1, channel 1');
  expect(placeIn(layers[1], 2)).toBe('neuron 2');
});

test('the margin is to the next largest output, whichever side it is on', () => {
  expect(margin({ class: 1, outputs: [4, 9, 7] })).toEqual({ by: 2, over: 2 });
  expect(margin({ class: 0, outputs: [5, 5] })).toEqual({ by: 0, over: 1 });
  expect(margin({ class: 0, outputs: [5] })).toBeUndefined();
});
