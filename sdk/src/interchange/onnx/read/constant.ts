import { FormatError } from '@adiabit/simulator/errors';
import { TensorProto_DataLocation, TensorProto_DataType as Type, type TensorProto } from '../schema/onnx_pb.js';

/** A tensor whose numbers are known. */
export interface Constant {
  readonly kind: 'constant';
  readonly dims: readonly number[];
  readonly values: Float64Array;
  /** What each number is a whole multiple of, if a quantisation made it so. */
  readonly steps?: Float64Array;
  /** Whether the file has it as signed bytes. */
  readonly isSignedBytes?: boolean;
}

export const constantOf = (dims: readonly number[], values: ArrayLike<number>, steps?: Float64Array): Constant => ({
  kind: 'constant',
  dims,
  values: Float64Array.from(values),
  ...(steps === undefined ? {} : { steps }),
});

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** Reads a file beside the model, by the name that the model gives. */
export type ReadExternal = (location: string) => Uint8Array;

type ReadNumber = (view: DataView, offset: number) => number;

/** How numbers lie in raw bytes. */
const RAW: Readonly<Record<number, readonly [size: number, read: ReadNumber] | undefined>> = {
  [Type.FLOAT]: [4, (view, at) => view.getFloat32(at, true)],
  [Type.DOUBLE]: [8, (view, at) => view.getFloat64(at, true)],
  [Type.FLOAT16]: [2, (view, at) => halfFloat(view.getUint16(at, true))],
  [Type.UINT8]: [1, (view, at) => view.getUint8(at)],
  [Type.INT8]: [1, (view, at) => view.getInt8(at)],
  [Type.BOOL]: [1, (view, at) => view.getUint8(at)],
  [Type.UINT16]: [2, (view, at) => view.getUint16(at, true)],
  [Type.INT16]: [2, (view, at) => view.getInt16(at, true)],
  [Type.UINT32]: [4, (view, at) => view.getUint32(at, true)],
  [Type.INT32]: [4, (view, at) => view.getInt32(at, true)],
  [Type.INT64]: [8, (view, at) => Number(view.getBigInt64(at, true))],
  [Type.UINT64]: [8, (view, at) => Number(view.getBigUint64(at, true))],
};

/** Returns the numbers of a tensor of the file. @throws FormatError if its type has none, or they are not as many */
export function readTensor(tensor: TensorProto, readExternal: ReadExternal): Constant {
  const dims = tensor.dims.map(Number);
  const count = sizeOf(dims);
  const values = numbersOf(tensor, count, readExternal);
  if (values.length !== count) {
    const message = `Tensor "${tensor.name}" has ${values.length} numbers for ${count}. Export the file again.`;
    throw new FormatError('bad-value', message, { tensor: tensor.name });
  }
  const constant = constantOf(dims, values);
  return tensor.dataType === (Type.INT8 as number) ? { ...constant, isSignedBytes: true } : constant;
}

function numbersOf(tensor: TensorProto, count: number, readExternal: ReadExternal): ArrayLike<number> {
  const type = tensor.dataType;
  const layout = RAW[type];
  if (layout === undefined) {
    const message = `Tensor "${tensor.name}" is of the ONNX type ${type}. Export it as float32.`;
    throw new FormatError('bad-value', message, { tensor: tensor.name });
  }
  const [size, read] = layout;
  const raw =
    tensor.dataLocation === TensorProto_DataLocation.EXTERNAL ? external(tensor, readExternal) : tensor.rawData;
  if (raw.length > 0) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Float64Array.from({ length: Math.min(count, Math.floor(raw.length / size)) }, (_, at) =>
      read(view, at * size),
    );
  }
  return (FIELDS[type] ?? int32Field)(tensor);
}

const int32Field = ({ int32Data }: TensorProto): ArrayLike<number> => int32Data;

/** Where numbers lie that are not raw bytes; else in the field of 32-bit integers. */
const FIELDS: Readonly<Record<number, ((tensor: TensorProto) => ArrayLike<number>) | undefined>> = {
  [Type.FLOAT]: ({ floatData }) => floatData,
  [Type.DOUBLE]: ({ doubleData }) => doubleData,
  [Type.INT64]: ({ int64Data }) => int64Data.map(Number),
  [Type.UINT64]: ({ uint64Data }) => uint64Data.map(Number),
  [Type.UINT32]: ({ uint64Data }) => uint64Data.map(Number),
  [Type.FLOAT16]: ({ int32Data }) => int32Data.map(halfFloat),
};

function external(tensor: TensorProto, readExternal: ReadExternal): Uint8Array {
  const entry = (key: string): string | undefined => tensor.externalData.find((one) => one.key === key)?.value;
  const location = entry('location') ?? '';
  const bytes = readExternal(location);
  const offset = Number(entry('offset') ?? 0);
  const length = Number(entry('length') ?? bytes.length - offset);
  if (offset + length > bytes.length) {
    const message = `Tensor "${tensor.name}" lies beyond the end of "${location}". Copy or export both files again.`;
    throw new FormatError('truncated', message, { tensor: tensor.name, location });
  }
  return bytes.subarray(offset, offset + length);
}

/** Returns the number of an IEEE 754 half float. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
