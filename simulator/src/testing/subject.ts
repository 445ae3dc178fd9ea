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
import { foldingChoices, valuesFor, type Folding } from '../circuit/folded/folding.js';
import { unitsOf } from '../circuit/folded/units.js';
import { hasUnrolledForm } from '../network/unrolled.js';
import { outputsOf as valuesOf, type Network } from '../network/network.js';
import { createOracle } from '../network/oracle.js';
import { outputsOf } from './difference.js';

/** The subject of a test: the path of a bitstream file, the bytes of one, or a circuit of any form. */
export type Subject = string | Uint8Array | Machine;

export interface TestedSubject {
  /** Its name in messages. */
  readonly name: string;
  readonly ports: CircuitPorts;
  /** The widths of the input and of every layer, as "784-128-10". */
  readonly widths: string;
  readonly circuit: Machine;
  /** Whether the folding was chosen here, because the caller gave none. Then the latency means nothing. */
  readonly hasChosenFolding: boolean;
  /** The SHA-256 of the bitstream, hexadecimal. If absent, the circuit was not read from bytes. */
  readonly bitstreamDigest?: string;
  /**
   * Computes the outputs.
   * @throws DataError for inputs that do not fit
   */
  readonly outputs: (inputs: readonly Uint8Array[]) => Promise<readonly Int32Array[]>;
  /** Computes the outputs with the integer oracle. If absent, the circuit was not read from bytes. */
  readonly oracle?: (inputs: readonly Uint8Array[]) => readonly Int32Array[];
}

/** The form of the circuit that is built from bytes. */
export interface FormOptions {
  /**
   * `auto`: configurable if the network can be unrolled, else folded. A specialised circuit (`circuitOf` of
   * `@adiabit/sdk`) is a subject itself.
   */
  readonly form?: 'auto' | 'configurable' | 'folded';
  /** The folding of the folded form. If absent, PE and SIMD are the largest up to 8. */
  readonly folding?: Folding;
}

/**
 * Makes a tested subject.
 * @throws DataError `data.bad-value` if it is none of these; FormatError for bytes that are no bitstream; CompileError
 *   `compile.unsupported` if the network does not allow the form or the folding
 */
export async function subjectOf(subject: unknown, form: FormOptions = {}): Promise<TestedSubject> {
  if (typeof subject === 'string') return fromBytes(subject, new Uint8Array(await readFile(subject)), form);
  if (subject instanceof Uint8Array) return fromBytes('the bitstream', subject, form);
  if (isCircuit(subject)) return fromCircuit(subject.netlist.name, subject);
  throw new DataError('bad-value', 'Expected the path of a bitstream, its bytes, or a circuit.');
}

/** Builds the circuit of a bitstream. The circuit is run, and the integer oracle of its network is compared with it. */
function fromBytes(name: string, bytes: Uint8Array, { form = 'auto', folding }: FormOptions): TestedSubject {
  const { network } = decodeBitstream(bytes);
  const isFolded = form === 'folded' || (form === 'auto' && (folding !== undefined || !hasUnrolledForm(network)));
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

/** Chooses a folding that computes a picture in acceptable time and builds the circuit at once. */
function sensibleFolding(network: Network): Folding {
  const { inputValues, layers } = foldingChoices(network);
  const chosen = (choices: readonly number[]): number => choices.filter((one) => one <= MOST_AT_ONCE).at(-1) ?? 1;
  return {
    inputValues: chosen(inputValues),
    layers: unitsOf(network).map((unit, index) => {
      const pe = chosen(layers[index].pe);
      return { pe, simd: unit.isWeighted ? chosen(layers[index].simd) : valuesFor(unit, pe) };
    }),
  };
}

function fromCircuit(name: string, circuit: Machine): TestedSubject {
  return {
    name,
    circuit,
    ports: circuit.shape,
    widths: widthsOf(circuit.shape.inputCount, layerWidths(circuit)),
    hasChosenFolding: false,
    outputs: async (inputs) => {
      const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(inputs.length, circuit.timing));
      return outputsOf(await runInferences(circuit, engine, inputs));
    },
  };
}

const isCircuit = (subject: unknown): subject is Machine =>
  typeof subject === 'object' && subject !== null && 'netlist' in subject && 'timing' in subject && 'shape' in subject;

/** Gives the widths of a circuit's layers, if the circuit has its network. */
function layerWidths(circuit: Machine): readonly number[] {
  if (hasNetwork(circuit)) return circuit.network.layers.map(valuesOf);
  return [circuit.shape.outputCount];
}

const hasNetwork = (circuit: Machine): circuit is Circuit => 'network' in circuit;

const widthsOf = (inputs: number, layers: readonly number[]): string => [inputs, ...layers].join('-');
