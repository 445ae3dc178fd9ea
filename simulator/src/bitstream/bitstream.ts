import type { Architecture } from '../fabric/architecture.js';
import type { Configuration } from '../fabric/configuration.js';
import type { MemoryPlan } from '../operators/memory.js';
import type { OperatorNetwork } from '../operators/operators.js';
import type { InputPreparation, TrainedOn } from './trained-on.js';

/** An input of the circuit and the outputs it must give. */
export interface GoldenVector {
  /** One byte per value, each below 2^inputBits. */
  readonly input: Uint8Array;
  readonly outputs: Int32Array;
}

/** For people and tools; the circuit does not depend on it. */
export interface Description {
  readonly name: string;
  /** Digest of the model it was compiled from, hexadecimal. */
  readonly modelDigest: string;
  readonly compiler: string;
  /** If absent, what its inputs and classes are is not known. */
  readonly trainedOn?: TrainedOn;
  /** How a recorded example becomes the inputs of the circuit; absent: it is them. */
  readonly preparation?: InputPreparation;
}

interface Contents {
  readonly goldenVectors: readonly GoldenVector[];
  readonly description: Description;
}

/** A bitstream of dense binary layers taken apart: what configures a circuit of xnor cells. */
export interface Bitstream extends Contents {
  readonly architecture: Architecture;
  readonly configuration: Configuration;
}

/** A bitstream of operators taken apart: of whatever network, and where its values lie while a device runs it. */
export interface OperatorBitstream extends Contents {
  readonly network: OperatorNetwork;
  readonly memory: MemoryPlan;
}

/** What `.abit` bytes say. */
export type AnyBitstream = Bitstream | OperatorBitstream;

export const isOperators = (bitstream: AnyBitstream): bitstream is OperatorBitstream => 'network' in bitstream;
