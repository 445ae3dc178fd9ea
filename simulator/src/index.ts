/**
 * Adiabit circuits and how to run them, in Node and in browsers. These are the names for programs that compile once and
 * run: read a bitstream, build its circuit, run inferences. All else has an entry point of its own
 * (`@adiabit/simulator/netlist`, ...); `docs/packages.md` lists them.
 */
export {
  AdiabitError,
  CancelledError,
  CompileError,
  DataError,
  ERROR_CODES,
  FileError,
  FormatError,
  ModelError,
  NetlistError,
  type ErrorCode,
  type ErrorDetails,
} from './errors.js';
export type { Layer, Network, NetworkInput } from './network/network.js';
export { countsOf, isBinaryDense, networkOfCounts, type BinaryDenseNetwork } from './network/counts.js';
export { argmax, createOracle, type NetworkTrace, type Oracle } from './network/oracle.js';
export { bitstreamOf, type Bitstream, type GoldenVector } from './bitstream/bitstream.js';
export type { Description } from './bitstream/description.js';
export { encodeBitstream } from './bitstream/encode.js';
export { bitstreamDigest, decodeBitstream } from './bitstream/decode.js';
export { packInput, unpackInput } from './bitstream/input.js';
export { elaborate } from './circuit/unrolled/elaborate.js';
export type { Circuit, CircuitPorts, CircuitTiming, Machine } from './circuit/circuit.js';
export type { Engine } from './engines/engine.js';
export { ReferenceEngine } from './engines/reference.js';
export { CompiledEngine } from './engines/compiled.js';
export { runInferences, type InferenceRun, type RunOptions } from './engines/run.js';
