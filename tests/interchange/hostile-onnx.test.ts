import { readFileSync } from 'node:fs';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdiabitError } from '@adiabit/simulator/errors';
import { importOnnx } from '@adiabit/sdk/interchange';
import { ModelProtoSchema, type ModelProto } from '../../sdk/src/interchange/onnx/schema/onnx_pb.js';
import { SmallGraph } from '../support/small-graphs.js';

const line = readFileSync(new URL('../vectors/onnx/torch-line.onnx', import.meta.url));

/** Convolution, pool, sign and dense layer, with every attribute that they take. */
function pictureGraph(): Uint8Array {
  const graph = new SmallGraph();
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };
  const sums = graph.node('Conv', ['input', graph.signs(4, 2, 3, 3), graph.reals(4)], attributes);
  const pooled = graph.node('MaxPool', [graph.node('Sign', [sums])], { kernel_shape: [2, 2], strides: [2, 2] });
  const row = graph.node('Reshape', [pooled, graph.integers([0, -1])]);
  return graph.file(graph.node('Gemm', [row, graph.signs(3, 16), graph.reals(3)], { transB: 1 }), [2, 8, 8], 3);
}

/** What quantising exporters write: scales, zero points, batch normalisation, a skip, rounding by hand, a class. */
function quantizedGraph(): Uint8Array {
  const graph = new SmallGraph();
  const number = (value: number): string => graph.floats([], [value]);
  const quantized = (tensor: string, bits: number): string =>
    graph.node('Quant', [tensor, number(0.25), number(0), number(bits)], { signed: 1, narrow: 0 });
  const first = graph.node('Conv', ['input', quantized(graph.reals(3, 2, 1, 2), 2)], {
    kernel_shape: [1, 2],
    group: 1,
  });
  const normal = [
    [1, 2, 0.5],
    [0, 1, -1],
    [0.5, 0, 3],
    [1, 4, 2],
  ].map((values) => graph.floats([3], values));
  const middle = quantized(graph.node('BatchNormalization', [first, ...normal]), 3);
  const sums = graph.node('Add', [middle, graph.node('Mul', [middle, number(2)])]);
  const clipped = graph.node('Clip', [graph.node('Div', [sums, number(0.25)]), number(-7), number(7)]);
  const pooled = graph.node('GlobalAveragePool', [graph.node('Round', [clipped])]);
  const row = graph.node('Flatten', [pooled], { axis: 1 });
  const outputs = graph.node('MatMul', [row, graph.node('BipolarQuant', [graph.reals(3, 4), number(1)])]);
  return graph.file(graph.node('Softmax', [outputs], { axis: 1 }), [2, 3, 4], 4);
}

/** With how many changes each is tried: the last is read by exact arithmetic on thousands of sums. */
const files: readonly (readonly [string, Uint8Array, number])[] = [
  ['a line, of PyTorch', line, 600],
  ['a picture', pictureGraph(), 600],
  ['a quantised picture', quantizedGraph(), 100],
];

/** Reads bytes, and returns the code of the refusal, if any. @throws whatever is no refusal of ours */
function outcome(bytes: Uint8Array): string {
  try {
    importOnnx(bytes);
    return 'model';
  } catch (error) {
    if (error instanceof AdiabitError) return error.code;
    throw error;
  }
}

/** Integers that a careless reader divides by, counts to or steps over. */
const oddInteger = fc.constantFrom(-(2n ** 63n), -3n, -1n, 0n, 1n, 2n, 7n, 2n ** 31n, 2n ** 62n);
const oddNumber = fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e-30, 1e30);

/** A change of one place of a file, chosen by three numbers. */
type Change = (model: ModelProto, at: (count: number) => number) => void;

function changeOf(kind: number, integer: bigint, number: number): Change {
  const nodeAt = ({ graph }: ModelProto, at: (count: number) => number) => graph!.node[at(graph!.node.length)];
  const tensorAt = ({ graph }: ModelProto, at: (count: number) => number) =>
    graph!.initializer[at(graph!.initializer.length)];
  const changes: readonly Change[] = [
    (model, at) => {
      const { attribute } = nodeAt(model, at);
      if (attribute.length === 0) return;
      const one = attribute[at(attribute.length)];
      one.i = integer;
      one.f = number;
      if (one.ints.length > 0) one.ints[at(one.ints.length)] = integer;
    },
    (model, at) => {
      const { attribute } = nodeAt(model, at);
      if (attribute.length > 0) attribute.splice(at(attribute.length), 1);
    },
    (model, at) => {
      const { attribute } = nodeAt(model, at);
      const lists = attribute.filter(({ ints }) => ints.length > 0);
      if (lists.length > 0) lists[at(lists.length)].ints.pop();
    },
    (model, at) => void nodeAt(model, at).input.pop(),
    (model, at) => {
      const { input } = nodeAt(model, at);
      const names = model.graph!.node.flatMap((node) => [...node.input, ...node.output]);
      if (input.length > 0) input[at(input.length)] = names[at(names.length)];
    },
    (model, at) => void (nodeAt(model, at).opType = nodeAt(model, at).opType === 'Conv' ? 'MatMul' : 'Conv'),
    (model, at) => void (nodeAt(model, at).output = []),
    (model, at) => {
      const { dims } = tensorAt(model, at);
      if (dims.length > 0) dims[at(dims.length)] = integer;
    },
    (model, at) => void tensorAt(model, at).dims.reverse(),
    (model, at) => void (tensorAt(model, at).rawData = tensorAt(model, at).rawData.slice(0, at(9))),
    (model, at) => {
      const tensor = tensorAt(model, at);
      if (tensor.rawData.length < 4) return;
      const raw = Uint8Array.from(tensor.rawData);
      new DataView(raw.buffer).setFloat32(4 * at(Math.floor(raw.length / 4)), number, true);
      tensor.rawData = raw;
    },
  ];
  return changes[kind % changes.length];
}

describe('an ONNX file that is damaged or hostile', () => {
  it.each(files)('is read while it is whole: %s', (_, bytes) => expect(outcome(bytes)).toBe('model'));

  it.each(files)('becomes a model or is refused with a code, whatever is wrong in it: %s', (_, bytes, numRuns) => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(
        fc.nat(10),
        oddInteger,
        oddNumber,
        fc.array(fc.nat(1 << 20), { minLength: 4, maxLength: 4 }),
        (kind, integer, number, places) => {
          const model = fromBinary(ModelProtoSchema, bytes);
          let next = 0;
          changeOf(kind, integer, number)(model, (count) => places[next++ % places.length] % Math.max(1, count));
          codes.add(outcome(toBinary(ModelProtoSchema, model)));
        },
      ),
      { numRuns },
    );
    expect(codes.size).toBeGreaterThan(2);
  });

  it.each(files)('becomes a model or is refused with a code when a byte of it changes: %s', (_, bytes, numRuns) => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] ^= change;
        outcome(damaged);
      }),
      { numRuns },
    );
  });
});
