import { fromBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelProtoSchema } from '../../sdk/src/interchange/onnx/schema/onnx_pb.js';

/** What another runtime makes of inputs. */
export interface OnnxRun {
  readonly outputs: readonly Int32Array[];
  readonly classes: readonly number[];
}

/** Runs an ONNX file that Adiabit wrote in ONNX Runtime, all inputs in one batch. */
export async function runOnnx(file: Uint8Array, inputs: readonly Uint8Array[]): Promise<OnnxRun> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const dims = [inputs.length, ...exampleShapeOf(file)];
  const bytes = new Uint8Array(inputs.reduce((sum, { length }) => sum + length, 0));
  inputs.forEach((input, index) => {
    bytes.set(input, index * input.length);
  });
  const results = await session.run({ input: new Tensor('uint8', bytes, dims) });
  await session.release();
  const outputs = results.outputs.data as Int32Array;
  const width = outputs.length / inputs.length;
  return {
    outputs: inputs.map((_, index) => outputs.slice(index * width, (index + 1) * width)),
    classes: Array.from(results.class.data as BigInt64Array, Number),
  };
}

/** Returns the shape of one example, as the file says it. */
function exampleShapeOf(file: Uint8Array): readonly number[] {
  const dims = fromBinary(ModelProtoSchema, file).graph?.input[0].type?.tensorType?.shape?.dim ?? [];
  return dims.slice(1).map(({ dimValue }) => Number(dimValue));
}

/** Runs an ONNX file of one real input [N, ...shape] and one output in ONNX Runtime. */
export async function runRealOnnx(
  file: Uint8Array,
  shape: readonly number[],
  inputs: readonly (readonly number[])[],
): Promise<readonly (readonly number[])[]> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const values = Float32Array.from(inputs.flat());
  const results = await session.run({ input: new Tensor('float32', values, [inputs.length, ...shape]) });
  await session.release();
  const outputs = Array.from(results[session.outputNames[0]].data as Float32Array);
  const width = outputs.length / inputs.length;
  return inputs.map((_, index) => outputs.slice(index * width, (index + 1) * width));
}
