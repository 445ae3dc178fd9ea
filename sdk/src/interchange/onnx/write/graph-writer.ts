import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  NodeProtoSchema,
  type NodeProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../schema/onnx_pb.js';

/** The element types that are written. */
export type ElementType = 'float' | 'double' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

export const ELEMENT_TYPES: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float: TensorProto_DataType.FLOAT,
  double: TensorProto_DataType.DOUBLE,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** Collects the nodes and constants of a graph. A tensor has the name of the node that gives it. */
export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #constants = new Map<string, TensorProto>();
  readonly #cast = new Set<string>();

  /** Adds a node of one output, and returns the name of both. Attributes are integers. */
  node(operator: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const attribute = Object.entries(attributes).map(([key, value]) =>
      typeof value === 'number'
        ? create(AttributeProtoSchema, { name: key, type: Kind.INT, i: BigInt(value) })
        : create(AttributeProtoSchema, { name: key, type: Kind.INTS, ints: value.map(BigInt) }),
    );
    this.#nodes.push(
      create(NodeProtoSchema, { opType: operator, name, input: [...inputs], output: [name], attribute }),
    );
    return name;
  }

  cast(name: string, input: string, to: ElementType): string {
    return this.node('Cast', name, [input], { to: ELEMENT_TYPES[to] });
  }

  /** Returns the name of a tensor as another element type; all who ask share the cast. */
  inElement(input: string, from: ElementType, to: ElementType): string {
    const name = `${input}/${to}`;
    if (from === to || this.#cast.has(name)) return from === to ? input : name;
    this.#cast.add(name);
    return this.cast(name, input, to);
  }

  /** Adds a constant, and returns its name. */
  constant(name: string, type: ElementType, dims: readonly number[], values: ArrayLike<number>): string {
    const rawData = bytesOf(type, values);
    const tensor = { name, dataType: ELEMENT_TYPES[type], dims: dims.map(BigInt), rawData };
    this.#constants.set(name, create(TensorProtoSchema, tensor));
    return name;
  }

  /** Returns the name of a constant number, which all who ask for it share. */
  scalar(type: ElementType, value: number): string {
    const name = `constants/${type}/${value}`;
    return this.#constants.has(name) ? name : this.constant(name, type, [], [value]);
  }

  graph(name: string, input: readonly ValueInfoProto[], output: readonly ValueInfoProto[]): GraphProto {
    const initializer = [...this.#constants.values()];
    return create(GraphProtoSchema, { name, node: this.#nodes, initializer, input: [...input], output: [...output] });
  }
}

/** Says the type and shape of an input or output; the batch comes first. */
export function valueInfo(
  name: string,
  type: ElementType,
  shape: readonly number[],
  docString: string,
): ValueInfoProto {
  const dim = [{ dimParam: 'N' }, ...shape.map((size) => ({ dimValue: BigInt(size) }))];
  return create(ValueInfoProtoSchema, {
    name,
    docString,
    type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } },
  });
}

/** Returns numbers as ONNX stores them: little-endian, one after the other. */
function bytesOf(type: ElementType, values: ArrayLike<number>): Uint8Array {
  const size = { float: 4, double: 8, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1 }[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const at = index * size;
    if (type === 'float') view.setFloat32(at, value, true);
    else if (type === 'double') view.setFloat64(at, value, true);
    else if (type === 'int32') view.setInt32(at, value, true);
    else if (type === 'int64') view.setBigInt64(at, BigInt(value), true);
    else view.setUint8(at, value);
  }
  return bytes;
}
