import { fromBinary } from '@bufbuild/protobuf';
import { FormatError } from '@adiabit/simulator/errors';
import {
  AttributeProto_AttributeType as Kind,
  type AttributeProto,
  ModelProtoSchema,
  type ModelProto,
  type NodeProto,
  TensorProto_DataType,
} from '../schema/onnx_pb.js';
import { readTensor, type Constant, type ReadExternal } from './constant.js';
import { type NodeName, refusal } from './refusal.js';

export type Attribute = number | string | readonly number[] | Constant;

/** A node of the graph, with its attributes as plain values. */
export interface GraphNode extends NodeName {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph {
  readonly name: string;
  /** The nodes, each after those whose outputs it takes. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly input: {
    readonly name: string;
    /** Without the batch. */
    readonly shape: readonly number[];
    readonly isInteger: boolean;
  };
  readonly outputs: readonly string[];
}

/**
 * Reads an ONNX file.
 * @param source for messages
 * @throws FormatError if it is none; ModelError if it has several inputs, or one of unknown shape
 */
export function readGraph(bytes: Uint8Array, source: string, readExternal: ReadExternal): Graph {
  const model = parse(bytes, source);
  const { graph } = model;
  if (graph === undefined || graph.node.length === 0 || graph.output.length === 0 || model.opsetImport.length === 0) {
    throw notOnnx(source);
  }
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, readTensor(tensor, readExternal)]));
  // Earlier versions list constants among the inputs.
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    const where = { name: names, operator: 'input' };
    throw refusal(where, `are ${inputs.length} inputs`, 'A model takes one: export a graph with one input.');
  }
  const tensor = input.type?.tensorType;
  const shape = (tensor?.shape?.dim ?? []).slice(1).map(({ dimValue }) => Number(dimValue));
  if (shape.length === 0 || shape.some((size) => size < 1)) {
    const why = 'has no fixed shape behind the batch';
    throw refusal({ name: input.name, operator: 'input' }, why, 'Export the graph with sizes, such as [N, 1, 28, 28].');
  }
  return {
    name: graph.name,
    nodes: graph.node.map((node, index) => nodeOf(node, index, readExternal)),
    constants,
    input: { name: input.name, shape, isInteger: !REAL_TYPES.includes(tensor?.elemType ?? 0) },
    outputs: graph.output.map(({ name }) => name),
  };
}

const REAL_TYPES: readonly number[] = [
  TensorProto_DataType.FLOAT,
  TensorProto_DataType.DOUBLE,
  TensorProto_DataType.FLOAT16,
];

function parse(bytes: Uint8Array, source: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw notOnnx(source, error);
  }
}

const notOnnx = (source: string, cause?: unknown): FormatError =>
  new FormatError('bad-magic', `${source} is not an ONNX file: no graph can be read from it.`, { source }, cause);

/** Returns how many inputs an operator cannot do without (ONNX, Operators). */
function leastInputs(operator: string): number {
  switch (operator) {
    case 'Constant':
      return 0;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Pow':
    case 'GreaterOrEqual':
    case 'Greater':
    case 'LessOrEqual':
    case 'Less':
    case 'Gather':
    case 'MatMul':
    case 'Gemm':
    case 'Conv':
    case 'BipolarQuant':
    case 'QuantizeLinear':
    case 'DequantizeLinear':
      return 2;
    case 'Where':
      return 3;
    case 'Quant':
    case 'IntQuant':
      return 4;
    case 'BatchNormalization':
      return 5;
    default:
      return 1;
  }
}

function nodeOf(node: NodeProto, index: number, readExternal: ReadExternal): GraphNode {
  const name = node.name === '' ? `${node.opType} ${index}` : node.name;
  const least = leastInputs(node.opType);
  const given = node.input.slice(0, least).filter((one) => one !== '');
  if (node.output.length === 0 || given.length < least) {
    const why = `has ${node.input.length} inputs and ${node.output.length} outputs`;
    throw refusal({ name, operator: node.opType }, why, 'Export the graph again.');
  }
  return {
    name,
    operator: node.opType,
    inputs: node.input,
    outputs: node.output,
    attributes: new Map(
      node.attribute.flatMap((attribute) => {
        const value = attributeOf(attribute, readExternal);
        return value === undefined ? [] : [[attribute.name, value] as const];
      }),
    ),
  };
}

function attributeOf(attribute: AttributeProto, readExternal: ReadExternal): Attribute | undefined {
  switch (attribute.type) {
    case Kind.FLOAT:
      return attribute.f;
    case Kind.INT:
      return Number(attribute.i);
    case Kind.STRING:
      return new TextDecoder().decode(attribute.s);
    case Kind.FLOATS:
      return attribute.floats;
    case Kind.INTS:
      return attribute.ints.map(Number);
    case Kind.TENSOR:
      return attribute.t && readTensor(attribute.t, readExternal);
    default:
      return undefined;
  }
}

export function numberAttribute({ attributes }: GraphNode, name: string, otherwise: number): number {
  const value = attributes.get(name);
  return typeof value === 'number' ? value : otherwise;
}

export function textAttribute({ attributes }: GraphNode, name: string, otherwise: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : otherwise;
}

export function listAttribute({ attributes }: GraphNode, name: string): readonly number[] | undefined {
  const value = attributes.get(name);
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}
