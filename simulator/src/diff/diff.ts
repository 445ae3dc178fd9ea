import { getBit } from '../bits/bit-matrix.js';
import { CompiledEngine } from '../engines/compiled.js';
import { vectorsForInputs } from '../engines/lanes.js';
import { runInferences, type RunOptions } from '../engines/run.js';
import { DataError } from '../errors.js';
import type { Machine } from '../circuit/circuit.js';
import { describeCell } from '../netlist/netlist.js';
import { configurationCells, haveSameCells, TwinEngine, type CellDifference } from './twin-engine.js';

/** The difference of two circuits over a list of inputs. */
export interface CircuitDifference {
  readonly vectors: number;
  /** The number of inputs for which any output differs. */
  readonly differing: number;
  /** The first of those inputs. */
  readonly first?: {
    readonly vector: number;
    /** All outputs of the first circuit and of the second. */
    readonly outputs: readonly [Int32Array, Int32Array];
    /** The first differing cell. Only for circuits of the same cells. */
    readonly cell?: CellDifference;
  };
  /** Only for circuits of the same cells. */
  readonly configuration?: {
    readonly bits: number;
    readonly differing: number;
    /** The first configuration cell that differs. */
    readonly first?: string;
  };
}

/**
 * Runs both circuits over all inputs and compares every output. If both have the same cells, the first input whose
 * outputs differ is run again, cycle by cycle, up to the first cell that carries another value.
 *
 * @throws DataError `data.shape-mismatch` if the circuits take other inputs or give another number of outputs, or if an
 *   input does not fit them; CancelledError on abort
 */
export async function diffCircuits(
  left: Machine,
  right: Machine,
  inputs: readonly Uint8Array[],
  options: RunOptions = {},
): Promise<CircuitDifference> {
  checkComparable(left, right);
  const isSame = haveSameCells(left.netlist, right.netlist);
  const total = 2 * inputs.length;
  const runOf = (circuit: Machine, before: number) =>
    runInferences(
      circuit,
      new CompiledEngine(circuit.netlist, vectorsForInputs(inputs.length, circuit.timing)),
      inputs,
      {
        ...options,
        onProgress: (done) => options.onProgress?.(before + done, total),
      },
    );
  const runs = [await runOf(left, 0), await runOf(right, inputs.length)] as const;
  const { outputCount } = left.shape;
  const outputsOf = (run: { readonly outputs: Int32Array }, vector: number): Int32Array =>
    run.outputs.slice(vector * outputCount, (vector + 1) * outputCount);
  const differing = inputs.flatMap((_, vector) => {
    const [one, other] = runs.map((run) => outputsOf(run, vector));
    return one.every((output, index) => output === other[index]) ? [] : [vector];
  });
  const configuration = isSame ? { configuration: diffConfiguration(left, right) } : {};
  if (differing.length === 0) return { vectors: inputs.length, differing: 0, ...configuration };
  const [vector] = differing;
  const cell = isSame ? await firstCell(left, right, inputs[vector], options) : undefined;
  return {
    vectors: inputs.length,
    differing: differing.length,
    first: {
      vector,
      outputs: [outputsOf(runs[0], vector), outputsOf(runs[1], vector)],
      ...(cell === undefined ? {} : { cell }),
    },
    ...configuration,
  };
}

async function firstCell(
  left: Machine,
  right: Machine,
  input: Uint8Array,
  { signal }: RunOptions,
): Promise<CellDifference | undefined> {
  const twins = new TwinEngine(left, right);
  await runInferences(left, twins, [input], signal === undefined ? {} : { signal });
  return twins.first;
}

function diffConfiguration(left: Machine, right: Machine): NonNullable<CircuitDifference['configuration']> {
  const cells = configurationCells(left.netlist);
  const apart = cells.filter(
    (_, position) => getBit(left.configuration, 0, position) !== getBit(right.configuration, 0, position),
  );
  return {
    bits: cells.length,
    differing: apart.length,
    ...(apart.length === 0 ? {} : { first: describeCell(left.netlist, apart[0]) }),
  };
}

function checkComparable(left: Machine, right: Machine): void {
  const shapes = [left, right].map(({ shape }) => shape);
  for (const [field, what] of [
    ['inputCount', 'inputs'],
    ['inputBits', 'bits an input'],
    ['outputCount', 'outputs'],
  ] as const) {
    const [one, other] = shapes.map((shape) => shape[field]);
    if (one === other) continue;
    const message = `The circuits cannot be compared: the first has ${one} ${what}, the second ${other}.`;
    throw new DataError('shape-mismatch', message, { field, expected: one, actual: other });
  }
}
