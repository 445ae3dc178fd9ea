import { kernelShape, type Layer, type LogicLayer, product } from './layers.js';
import { type NetworkSpec, resolveLayers } from './network.js';
import { parameterSizes, trainedNames } from './parameters.js';

/** What one layer holds and does. */
export interface LayerSummary {
  readonly kind: Layer['kind'];
  /** The shape of one example's output, such as 32x32x3. */
  readonly outputShape: string;
  /** Weights that are one bit in the deployed network; of tables the bits of their entries and of where their wires lead. */
  readonly binaryParameters: number;
  /** Numbers that are not: real weights, scales, biases, gammas and betas. */
  readonly realParameters: number;
  /** Multiply-accumulates with binary weights for one example; xnor and popcount when the inputs are bits too. */
  readonly binaryMacs: number;
  readonly realMacs: number;
}

export interface NetworkSummary {
  readonly name: string;
  readonly layers: readonly LayerSummary[];
  readonly binaryParameters: number;
  readonly realParameters: number;
  /** One bit a binary parameter, packed by layer into bytes, and four bytes (float32) a real one. */
  readonly deployedBytes: number;
  readonly binaryMacs: number;
  readonly realMacs: number;
}

/** Returns what a network costs. @throws ModelError as {@link resolveLayers} */
export function summarizeNetwork(spec: NetworkSpec): NetworkSummary {
  const layers = resolveLayers(spec).map((layer): LayerSummary => {
    if (layer.kind === 'logic') return summaryOfTables(layer);
    const isBinary = 'binaryWeights' in layer && layer.binaryWeights;
    const sizes = parameterSizes(layer);
    const weights = sizes.kernel;
    const trained = trainedNames(layer).reduce((sum, name) => sum + sizes[name], 0);
    const macs = macsOf(layer);
    return {
      kind: layer.kind,
      outputShape: layer.outputShape.join('x'),
      binaryParameters: isBinary ? weights : 0,
      realParameters: isBinary ? trained - weights : trained,
      binaryMacs: isBinary ? macs : 0,
      realMacs: isBinary ? 0 : macs,
    };
  });
  const total = (count: (layer: LayerSummary) => number) => layers.reduce((sum, layer) => sum + count(layer), 0);
  return {
    name: spec.name,
    layers,
    binaryParameters: total(({ binaryParameters }) => binaryParameters),
    realParameters: total(({ realParameters }) => realParameters),
    deployedBytes: total(
      ({ binaryParameters, realParameters }) => Math.ceil(binaryParameters / 8) + 4 * realParameters,
    ),
    binaryMacs: total(({ binaryMacs }) => binaryMacs),
    realMacs: total(({ realMacs }) => realMacs),
  };
}

function summaryOfTables({ kind, inputs, outputs, outputShape, tableInputs }: LogicLayer): LayerSummary {
  const bits = 2 ** tableInputs + tableInputs * Math.ceil(Math.log2(inputs));
  const none = { realParameters: 0, binaryMacs: 0, realMacs: 0 };
  return { kind, outputShape: outputShape.join('x'), binaryParameters: outputs * bits, ...none };
}

/** Writes a table with one line a layer, and the totals. */
export function describeNetwork({ name, layers, deployedBytes, ...totals }: NetworkSummary): string {
  const numbers = (row: Omit<LayerSummary, 'kind' | 'outputShape'>) =>
    [row.binaryParameters, row.realParameters, row.binaryMacs, row.realMacs].map((value) =>
      value.toLocaleString('en-US'),
    );
  const rows = [
    [name, 'output', 'binary', 'real', 'binary MACs', 'real MACs'],
    ...layers.map((layer) => [layer.kind, layer.outputShape, ...numbers(layer)]),
    ['together', '', ...numbers(totals)],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return [...rows.map(line), `deployed: ${deployedBytes.toLocaleString('en-US')} bytes`].join('\n');
}

/** Returns the multiply-accumulates for one example: every weight meets every output position. */
function macsOf(layer: Layer): number {
  const shape = kernelShape(layer);
  if (shape === undefined) return 0;
  const positions = layer.outputShape.length === 1 ? 1 : layer.outputShape[0] * layer.outputShape[1];
  return product(shape) * positions;
}
