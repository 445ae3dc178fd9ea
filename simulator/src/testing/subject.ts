import { readFile } from 'node:fs/promises';
import { toHex } from '../bits/hex.js';
import { bitstreamDigest, decodeBitstream } from '../bitstream/decode.js';
import { CompiledEngine } from '../engines/compiled.js';
import { vectorsForInputs } from '../engines/lanes.js';
import { runInferences } from '../engines/run.js';
import { DataError } from '../errors.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import type { Circuit, CircuitPorts, Machine } from '../circuit/circuit.js';
import { elaborateFolded } from '../circuit/folded/elaborate-folded.js';
import { foldingChoices, type Folding } from '../circuit/folded/folding.js';
import { isBinaryDense } from '../network/counts.js';
import { outputsOf as valuesOf, type Network } from '../network/network.js';
import { createOracle } from '../network/oracle.js';
import { outputsOf } from './difference.js';

/** What a test can be about: a bitstream file by its path, the bytes of one, or a circuit in any form. */
export type Subject = string | Uint8Array | Machine;

export interface TestedSubject {
  /** How messages call it. */
  readonly name: string;
  readonly ports: CircuitPorts;
  /** "784-128-10": values of the input and of every layer. */
  readonly widths: string;
  readonly circuit: Machine;
  /** Whether nobody said how the circuit is folded, so that its latency means nothing. */
  readonly hasChosenFolding: boolean;
  /** SHA-256 of the bitstream, hexadecimal; a circuit that was not read from bytes has none. */
  readonly bitstreamDigest?: string;
  /** @throws DataError for inputs that it does not take */
  readonly outputs: (inputs: readonly Uint8Array[]) => Promise<readonly Int32Array[]>;
  /** What the integers of the network answer; a circuit that was not read from bytes has none. */
  readonly oracle?: (inputs: readonly Uint8Array[]) => readonly Int32Array[];
}

/** The circuit that bytes become. */
export interface FormOptions {
  /** `auto`: configurable where the network can be unrolled, else folded. A specialised circuit (`circuitOf` of `@adiabit/sdk`) is a subject itself. */
  readonly form?: 'auto' | 'configurable' | 'folded';
  /** Of the folded form; if absent, PE and SIMD are the largest up to 8. */
  readonly folding?: Folding;
}

/**
 * @throws DataError `data.bad-value` for anything else; FormatError for bytes that are no bitstream; CompileError `compile.unsupported` for a
 * form or folding that the network has not
 */
export async function subjectOf(subject: unknown, form: FormOptions = {}): Promise<TestedSubject> {
  if (typeof subject === 'string') return fromBytes(subject, new Uint8Array(await readFile(subject)), form);
  if (subject instanceof Uint8Array) return fromBytes('the bitstream', subject, form);
  if (isCircuit(subject)) return fromCircuit(subject.netlist.name, subject);
  throw new DataError('bad-value', 'Expected the path of a bitstream, its bytes, or a circuit.');
}

/** Builds the circuit of the bytes: what runs is the circuit, with the integer oracle of its network beside it. */
function fromBytes(name: string, bytes: Uint8Array, { form = 'auto', folding }: FormOptions): TestedSubject {
  const { network } = decodeBitstream(bytes);
  const isFolded = form === 'folded' || (form === 'auto' && (folding !== undefined || !isBinaryDense(network)));
  const circuit = isFolded
    ? elaborateFolded(name, network, folding ?? sensibleFolding(network))
    : elaborate(name, network);
  const oracle = createOracle(network);
  return {
    ...fromCircuit(name, circuit),
    bitstreamDigest: toHex(bitstreamDigest(bytes)),
    hasChosenFolding: isFolded && folding === undefined,
    oracle: (inputs) => inputs.map((input) => oracle(input).outputs),
  };
}

const MOST_AT_ONCE = 8;

/** Enough at once that a picture does not take for ever, few enough that the circuit is built at once. */
function sensibleFolding(network: Network): Folding {
  const { inputValues, layers } = foldingChoices(network);
  const chosen = (choices: readonly number[]): number => choices.filter((one) => one <= MOST_AT_ONCE).at(-1) ?? 1;
  return {
    inputValues: chosen(inputValues),
    layers: layers.map(({ pe, simd }) => ({ pe: chosen(pe), simd: chosen(simd) })),
  };
}

function fromCircuit(name: string, circuit: Machine): TestedSubject {
  return {
    ...{ name, circuit, ports: circuit.shape, widths: widthsOf(circuit.shape.inputCount, layerWidths(circuit)) },
    hasChosenFolding: false,
    outputs: async (inputs) => {
      const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(inputs.length, circuit.timing));
      return outputsOf(await runInferences(circuit, engine, inputs));
    },
  };
}

const isCircuit = (subject: unknown): subject is Machine =>
  typeof subject === 'object' && subject !== null && 'netlist' in subject && 'timing' in subject && 'shape' in subject;

/** Values of the layers of a circuit, where it says what its layers are. */
function layerWidths(circuit: Machine): readonly number[] {
  if (hasNetwork(circuit)) return circuit.network.layers.map(valuesOf);
  return [circuit.shape.outputCount];
}

const hasNetwork = (circuit: Machine): circuit is Circuit => 'network' in circuit;

const widthsOf = (inputs: number, layers: readonly number[]): string => [inputs, ...layers].join('-');
