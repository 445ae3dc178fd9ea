import { describe, expect, it } from 'vitest';
import { importOnnx } from '@adiabit/sdk/interchange';
import { createOracle } from '@adiabit/sdk/model';
import { FormatError } from '@adiabit/simulator/errors';
import { repeatableNumbers } from '../support/numbers.js';
import { runRealOnnx } from '../support/onnx-runtime.js';
import { SmallGraph } from '../support/small-graphs.js';

/** Returns random bytes as the graph takes them. */
function randomBytes(count: number): readonly Uint8Array[] {
  const next = repeatableNumbers(11);
  return Array.from({ length: 100 }, () => Uint8Array.from({ length: count }, () => next(256)));
}

/**
 * Holds an imported graph to ONNX Runtime: the same numbers, but for the rounding of outputs and of floats.
 * @param toOurs the order of our values among those of the graph; if absent, the same
 */
async function expectSame(
  file: Uint8Array,
  shape: readonly number[],
  toOurs: (values: Uint8Array) => Uint8Array = (values) => values,
) {
  const inputs = randomBytes(shape.reduce((product, size) => product * size));
  const real = await runRealOnnx(
    file,
    shape,
    inputs.map((input) => Array.from(input, (byte) => byte / 255)),
  );
  const { model, outputUnit, ...rest } = importOnnx(file);
  const oracle = createOracle(model);
  inputs.forEach((input, index) => {
    const { outputs } = oracle(toOurs(input));
    const far = Array.from(outputs, (value, output) => Math.abs(value * outputUnit - real[index][output]));
    expect(Math.max(...far)).toBeLessThanOrEqual(outputUnit / 2 + 1e-4);
  });
  return { model, ...rest };
}

/** [channels, height, width] to [height, width, channels]. */
const fromChannelsFirst =
  (channels: number) =>
  (values: Uint8Array): Uint8Array => {
    const places = values.length / channels;
    return values.map((_, index) => values[(index % channels) * places + Math.floor(index / channels)]);
  };

const ONE = [1];

describe('operators of ONNX', () => {
  it('are read in channels-first order: a picture of 5 x 7 in two colours, flattened after a convolution', async () => {
    const graph = new SmallGraph();
    const sums = graph.node('Conv', ['input', graph.signs(3, 2, 3, 2), graph.reals(3)], {
      kernel_shape: [3, 2],
      strides: [1, 2],
      pads: [1, 0, 2, 1],
    });
    const bits = graph.node('Where', [
      graph.node('Greater', [sums, graph.floats([3, 1, 1], [0.3, -0.2, 0.1])]),
      graph.floats([], ONE),
      graph.floats([], [0]),
    ]);
    const row = graph.node('Flatten', [bits], { axis: 1 });
    const file = graph.file(graph.node('Gemm', [row, graph.signs(72, 4)]), [2, 5, 7], 4);
    const { model, isExact } = await expectSame(file, [2, 5, 7], fromChannelsFirst(2));
    expect(isExact).toBe(true);
    expect(model.trainedOn?.shape).toEqual([5, 7, 2]);
  });

  it('are read where channels are last and a Transpose puts them first: bytes stay in the order of the graph', async () => {
    const graph = new SmallGraph();
    const planes = graph.node('Transpose', ['input'], { perm: [0, 3, 1, 2] });
    const sums = graph.node('Conv', [planes, graph.signs(4, 3, 2, 2)], { kernel_shape: [2, 2] });
    const bits = graph.node('Sign', [graph.node('Sub', [sums, graph.floats([4, 1, 1], [0.51, 0.2, -0.3, 0.07])])]);
    const last = graph.node('Transpose', [bits], { perm: [0, 2, 3, 1] });
    const row = graph.node('Reshape', [last, graph.integers([-1, 4 * 3 * 4])]);
    const file = graph.file(graph.node('MatMul', [row, graph.signs(48, 3)]), [5, 4, 3], 3);
    const { notes } = await expectSame(file, [5, 4, 3]);
    expect(notes).toEqual([]);
  });

  it('are read as a row whose shape is computed in the graph, as x.view(x.shape[0], -1) is exported', async () => {
    const graph = new SmallGraph();
    const batch = graph.node('Gather', [graph.node('Shape', ['input']), graph.integers([0])]);
    const to = graph.node('Concat', [batch, graph.integers([-1])], { axis: 0 });
    const row = graph.node('Reshape', ['input', to]);
    const bits = graph.node('GreaterOrEqual', [row, graph.floats([], [0.5])]);
    const signs = graph.node('Where', [bits, graph.floats([], ONE), graph.floats([], [-1])]);
    const file = graph.file(
      graph.node('Gemm', [signs, graph.signs(3, 12), graph.reals(3)], { transB: 1 }),
      [1, 3, 4],
      3,
    );
    const { model, isExact } = await expectSame(file, [1, 3, 4]);
    expect(model.layers.map(({ kind }) => kind)).toEqual(['activation', 'dense']);
    expect(isExact).toBe(true);
  });

  it('are read as integers where QuantizeLinear and DequantizeLinear stand', async () => {
    const graph = new SmallGraph();
    const step = graph.floats([], [1 / 255]);
    const zero = graph.bytes('uint8', [], [0]);
    const pixels = graph.node('DequantizeLinear', [graph.node('QuantizeLinear', ['input', step, zero]), step, zero]);
    const bytes = Array.from({ length: 60 }, (_, at) => ((at * 37) % 255) - 127);
    const weights = graph.node(
      'DequantizeLinear',
      [graph.bytes('int8', [6, 10], bytes), graph.floats([6], [0.01, 0.02, 0.03, 0.01, 0.015, 0.02])],
      { axis: 0 },
    );
    const sums = graph.node('Gemm', [pixels, weights, graph.reals(6)], { transB: 1 });
    const wide = graph.floats([], [0.05]);
    const middle = graph.bytes('int8', [], [3]);
    const hidden = graph.node('DequantizeLinear', [graph.node('QuantizeLinear', [sums, wide, middle]), wide, middle]);
    const file = graph.file(graph.node('MatMul', [hidden, graph.signs(6, 3)]), [10], 3);
    const { model } = await expectSame(file, [10]);
    expect(model.layers.map(({ kind }) => kind)).toEqual(['dense', 'dense']);
  });

  it('are read where values are rounded by hand: Div, Round, Clip', async () => {
    const graph = new SmallGraph();
    const sums = graph.node('Gemm', ['input', graph.signs(9, 5), graph.reals(5)]);
    const scaled = graph.node('Div', [sums, graph.floats([], [0.37])]);
    const whole = graph.node('Round', [scaled]);
    const held = graph.node('Clip', [whole, graph.floats([], [-3]), graph.floats([], [4])]);
    const file = graph.file(graph.node('Gemm', [held, graph.signs(5, 3)]), [9], 3);
    await expectSame(file, [9]);
  });

  it('are read in groups: a convolution of each channel by itself', async () => {
    const graph = new SmallGraph();
    const attributes = { kernel_shape: [3, 3], group: 3, pads: [1, 1, 1, 1] };
    const sums = graph.node('Conv', ['input', graph.signs(3, 1, 3, 3)], attributes);
    const bits = graph.node('GreaterOrEqual', [sums, graph.floats([], [0.21])]);
    const means = graph.node('GlobalAveragePool', [graph.node('Cast', [bits], { to: 1 })]);
    const row = graph.node('Flatten', [means], { axis: 1 });
    const file = graph.file(graph.node('Gemm', [row, graph.signs(3, 4)]), [3, 4, 6], 4);
    await expectSame(file, [3, 4, 6], fromChannelsFirst(3));
  });

  it('say that the sign of 0 is another here, where 0 can occur', () => {
    const graph = new SmallGraph();
    const sums = graph.node('Gemm', ['input', graph.signs(4, 5)]);
    const file = graph.file(graph.node('Gemm', [graph.node('Sign', [sums]), graph.signs(5, 2)]), [4], 2);
    expect(importOnnx(file).notes).toEqual([{ kind: 'sign-of-zero', node: 'sign2', operator: 'Sign' }]);
  });
});

describe('a graph that has no form here', () => {
  const refusal = (build: (graph: SmallGraph) => string, shape = [2, 6, 6], more?: readonly string[]): string => {
    const graph = new SmallGraph();
    const output = build(graph);
    try {
      importOnnx(graph.file(output, shape, 2, more));
    } catch (error) {
      expect(error).toMatchObject({ code: 'model.unsupported-layer' });
      return (error as Error).message;
    }
    throw new Error('It was read.');
  };

  it.each<[string, (graph: SmallGraph) => string, string]>([
    [
      'an unknown operator',
      (graph) => graph.node('LSTM', ['input', graph.signs(2, 2)]),
      'Node "lstm1" (LSTM) has no form here. Known are Gemm',
    ],
    [
      'a real activation',
      (graph) => graph.node('Conv', [graph.node('Relu', ['input']), graph.signs(2, 2, 3, 3)], { kernel_shape: [3, 3] }),
      '(Conv) takes what Relu or Clip leaves real. Put a quantisation behind Relu or Clip',
    ],
    [
      'a dilated convolution',
      (graph) => graph.node('Conv', ['input', graph.signs(2, 2, 3, 3)], { kernel_shape: [3, 3], dilations: [2, 2] }),
      'has dilations of 2 x 2. Use windows without dilation.',
    ],
    [
      'a padded pool',
      (graph) => graph.node('MaxPool', ['input'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      'has windows that reach beyond the picture. Use pools without padding',
    ],
    [
      'a product of values',
      (graph) => graph.node('Mul', ['input', graph.node('Neg', ['input'])]),
      'combines two values of the network. Only Add and Sub do.',
    ],
    [
      'a rounding without limits',
      (graph) =>
        graph.node('Conv', [graph.node('Round', ['input']), graph.signs(2, 2, 3, 3)], { kernel_shape: [3, 3] }),
      'takes rounded values without limits. Put Clip behind',
    ],
    [
      'values in another order',
      (graph) =>
        graph.node('Conv', [
          graph.node('Transpose', [graph.node('Conv', ['input', graph.signs(2, 2, 1, 1)])], { perm: [0, 2, 3, 1] }),
          graph.signs(2, 6, 1, 1),
        ]),
      'takes values in an order that no picture here has.',
    ],
  ])('is refused with its node, why, and what would do: %s', (_, build, message) => {
    expect(refusal(build)).toContain(message);
  });

  it('is refused if it takes two inputs', () => {
    expect(refusal((graph) => graph.node('Add', ['input', 'other']), [4], ['other'])).toContain('are 2 inputs');
  });

  it('is refused if it is no ONNX file', () => {
    const read = (): unknown => importOnnx(new TextEncoder().encode('a text'), { source: 'my.onnx' });
    expect(read).toThrow(FormatError);
    expect(read).toThrow('my.onnx is not an ONNX file');
  });
});
