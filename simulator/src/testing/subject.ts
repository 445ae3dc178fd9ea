import { readFile } from 'node:fs/promises';
import { toHex } from '../bits/hex.js';
import { bitstreamDigest, decodeBitstream } from '../bitstream/decode.js';
import { CompiledEngine } from '../engines/compiled.js';
import { vectorsForInputs } from '../engines/lanes.js';
import { checkLengths, checkValues, runInferences } from '../engines/run.js';
import { DataError } from '../errors.js';
import { elaborate } from '../fabric/elaborate.js';
import type { Circuit, CircuitPorts, Machine } from '../fabric/machine.js';
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
  /** Absent for bytes of a network that cannot be unrolled: it becomes a circuit by a folding, which is the compiler's choice. */
  readonly circuit?: Machine;
  /** SHA-256 of the bitstream, hexadecimal; a circuit that was not read from bytes has none. */
  readonly bitstreamDigest?: string;
  /** @throws DataError for inputs that it does not take */
  readonly outputs: (inputs: readonly Uint8Array[]) => Promise<readonly Int32Array[]>;
}

/** @throws DataError `data.bad-value` for anything else; FormatError for bytes that are no bitstream */
export async function subjectOf(subject: unknown): Promise<TestedSubject> {
  if (typeof subject === 'string') return fromBytes(subject, new Uint8Array(await readFile(subject)));
  if (subject instanceof Uint8Array) return fromBytes('the bitstream', subject);
  if (isCircuit(subject)) return fromCircuit(subject.netlist.name, subject);
  throw new DataError('bad-value', 'Expected the path of a bitstream, its bytes, or a circuit.');
}

/** Dense binary networks are run on their circuit, cycle by cycle; others by the integer oracle. */
function fromBytes(name: string, bytes: Uint8Array): TestedSubject {
  const { network } = decodeBitstream(bytes);
  const subject = isBinaryDense(network) ? fromCircuit(name, elaborate(name, network)) : fromNetwork(name, network);
  return { ...subject, bitstreamDigest: toHex(bitstreamDigest(bytes)) };
}

function fromNetwork(name: string, network: Network): TestedSubject {
  const { count, bits } = network.input;
  const outputCount = valuesOf(network.layers[network.layers.length - 1]);
  const ports = { inputCount: count, inputBits: bits, outputCount };
  const oracle = createOracle(network);
  const outputs = (inputs: readonly Uint8Array[]): Promise<readonly Int32Array[]> => {
    checkLengths(ports, inputs);
    checkValues(ports, inputs);
    return Promise.resolve(inputs.map((input) => oracle(input).outputs));
  };
  return { name, ports, widths: widthsOf(count, network.layers.map(valuesOf)), outputs };
}

function fromCircuit(name: string, circuit: Machine): TestedSubject {
  return {
    ...{ name, circuit, ports: circuit.shape, widths: widthsOf(circuit.shape.inputCount, layerWidths(circuit)) },
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
