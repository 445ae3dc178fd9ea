import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../../sdk/src/interchange/onnx/schema/onnx_pb.js';
import { GraphWriter, valueInfo } from '../../sdk/src/interchange/onnx/write/graph-writer.js';
import { repeatableNumbers } from './numbers.js';

/** Writes graphs by hand, of standard operators. */
export class SmallGraph {
  readonly writer = new GraphWriter();
  readonly #next = repeatableNumbers(77);
  #count = 0;

  node(operator: string, inputs: readonly string[], attributes?: Parameters<GraphWriter['node']>[3]): string {
    return this.writer.node(operator, `${operator.toLowerCase()}${this.#count++}`, inputs, attributes);
  }

  floats(dims: readonly number[], values: readonly number[]): string {
    return this.writer.constant(`floats${this.#count++}`, 'float', dims, values);
  }

  integers(values: readonly number[]): string {
    return this.writer.constant(`integers${this.#count++}`, 'int64', [values.length], values);
  }

  bytes(type: 'int8' | 'uint8', dims: readonly number[], values: readonly number[]): string {
    return this.writer.constant(`bytes${this.#count++}`, type, dims, values);
  }

  /** A tensor of +1 and -1. */
  signs(...dims: readonly number[]): string {
    return this.floats(
      dims,
      this.random(dims, () => (this.#next(2) === 1 ? 1 : -1)),
    );
  }

  /** A tensor of numbers between -1 and 1. */
  reals(...dims: readonly number[]): string {
    return this.floats(
      dims,
      this.random(dims, () => this.#next(2001) / 1000 - 1),
    );
  }

  random(dims: readonly number[], draw: () => number): readonly number[] {
    return Array.from({ length: dims.reduce((product, size) => product * size, 1) }, draw);
  }

  /** Returns the file, with real inputs and the tensor as its output. */
  file(output: string, shape: readonly number[], width: number, more: readonly string[] = []): Uint8Array {
    const inputs = ['input', ...more].map((name) => valueInfo(name, 'float', shape, ''));
    const graph = this.writer.graph('small', inputs, [valueInfo(output, 'float', [width], '')]);
    const opsetImport = [{ domain: '', version: 17n }];
    return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
  }
}
