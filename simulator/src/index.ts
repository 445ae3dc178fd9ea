/**
 * The fabric: what an Adiabit circuit is and how it runs. No machine learning, no serial port, no Electron; it runs in
 * Node and in browsers.
 */
export * from './errors.js';
export { ERROR_CODES, EXIT_CODES, type ErrorCode, type ErrorCodeEntry, type KindOf } from './error-codes.js';
export { crc32 } from './bits/crc32.js';
export { visible, visibleJson, visibleLines } from './text/visible.js';
export { bitOfSign, signOfBit, type Bit, type Sign } from './bits/polarity.js';
export {
  bitMatrixFrom,
  bitMatrixOfWords,
  createBitMatrix,
  getBit,
  popcount32,
  popcountRow,
  setBit,
  wordsFor,
  type BitMatrix,
} from './bits/bit-matrix.js';
export { toHex } from './bits/hex.js';
export {
  accumulatorMaximum,
  neverThreshold,
  type CountingLayer,
  type CountingShape,
} from './network/counting-layer.js';
export {
  countsOf,
  firstNotBinaryDense,
  isBinaryDense,
  networkOfCounts,
  type BinaryDense,
  type BinaryDenseNetwork,
} from './network/counts.js';
export { validateCounts } from './network/validate-counts.js';
export {
  LARGEST_WEIGHT,
  MAX_INTEGER_SHIFT,
  inputsOf,
  isBinary,
  outputShapeOf,
  outputsOf,
  sourcesOf,
  valuesIn,
  type Activation,
  type ActivationLayer,
  type AddLayer,
  type ConvolutionLayer,
  type DenseLayer,
  type InputEncoding,
  type IntegerActivation,
  type IntegerMatrix,
  type Layer,
  type NetworkInput,
  type Network,
  type PictureShape,
  type PoolLayer,
  type RequantizeActivation,
  type ThresholdActivation,
  type Weights,
} from './network/network.js';
export {
  argmax,
  createLayer,
  createOracle,
  lessZeroPoints,
  type NetworkTrace,
  type LayerFunction,
  type Oracle,
} from './network/oracle.js';
export { inputRange, layerRanges, rangeOf, weightedRange, type LayerRange, type Range } from './network/ranges.js';
export { votesOf, type Votes } from './network/votes.js';
export { validateNetwork } from './network/validate.js';
export {
  checkMemory,
  planMemory,
  storedBytes,
  workBytesOf,
  type MemoryPlan,
  type StoredValues,
  type ValueForm,
} from './network/memory.js';
export { bitstreamOf, type Bitstream, type Description, type GoldenVector } from './bitstream/bitstream.js';
export type { InputPreparation, TrainedOn } from './bitstream/trained-on.js';
export { encodeBitstream } from './bitstream/encode.js';
export { bitstreamDigest, decodeBitstream } from './bitstream/decode.js';
export { removeSignature, signatureOf, signWith, type BitstreamSignature } from './bitstream/signature.js';
export { packInput, unpackInput } from './bitstream/input.js';
export * as layout from './bitstream/layout.js';
export {
  CELL_CODES,
  CELL_KINDS,
  CELL_SHAPES,
  COMBINATIONAL,
  GATE_COUNTS,
  OPERAND_COUNTS,
  RESULT_COUNTS,
  cellCode,
  evaluateCell,
  isCombinational,
  type CellKind,
} from './netlist/cells.js';
export {
  CONSTANT_0,
  CONSTANT_1,
  NO_NET,
  kindOf,
  operandsOf,
  resultsOf,
  type CellTable,
  type Group,
  type GroupRole,
  type Netlist,
  type Port,
} from './netlist/netlist.js';
export { NetlistBuilder } from './netlist/builder.js';
export { liveCells, livenessOf, type Liveness } from './netlist/liveness.js';
export { addressBits, stepMemory, type Memory, type MemoryStep, type MemoryWrite } from './netlist/memory.js';
export { levelize } from './netlist/levelize.js';
export { operandsOfMemory } from './netlist/memory.js';
export { validateNetlist } from './netlist/validate.js';
export { netlistStats, type NetlistStats } from './netlist/stats.js';
export { printNetlist } from './netlist/print.js';
export { parseNetlist } from './netlist/parse.js';
export { DEFAULT_TREE, type TreeShape } from './fabric/counters.js';
export { PORT, elaborate } from './fabric/elaborate.js';
export {
  enteringBit,
  entryCycles,
  type Circuit,
  type CircuitPorts,
  type CircuitTiming,
  type Machine,
} from './fabric/machine.js';
export {
  elaborateFolded,
  elaborateLoadable,
  type FoldedCircuit,
  type LayerTiming,
  type LoadableFoldedCircuit,
} from './folded/elaborate-folded.js';
export {
  checkFolding,
  foldingChoices,
  workCycles,
  type Folding,
  type FoldingChoices,
  type LayerChoices,
  type LayerFolding,
} from './folded/folding.js';
export { streamHeads } from './folded/streams.js';
export { unitsOf, type Unit } from './folded/units.js';
export type { Engine, StateBit, UpsettableEngine } from './engines/engine.js';
export { ReferenceEngine } from './engines/reference.js';
export { CompiledEngine } from './engines/compiled.js';
export { gatherLanes, sliceIntoLanes, vectorsForInputs } from './engines/lanes.js';
export { wasm, type Code, type WasmFunction } from './engines/wasm/assembler.js';
export { instantiateFunctions, type WasmInstance } from './engines/wasm/instantiate.js';
export { runInferences, type InferenceRun, type RunOptions } from './engines/run.js';
export { stuckAt, withStuckNets } from './faults/stuck-at.js';
export { tryUpsets, withFlips } from './faults/upsets.js';
export { FAULT_KINDS, type FaultKind, type FaultPlan, type FaultTrial } from './faults/plan.js';
export { faultSites } from './faults/sites.js';
export { Random, permutation, type RandomState } from './random.js';
export { VcdWriter, type TracedSignal } from './trace/vcd.js';
export { traceInference, type TraceOptions } from './trace/trace-inference.js';

export { toggleCoverage, type MissedNet, type PartCoverage, type ToggleCoverage } from './coverage/toggle-coverage.js';
export { diffCircuits, type CircuitDifference } from './diff/diff.js';
export type { CellDifference } from './diff/twin-engine.js';
export * from './interchange/index.js';
export { scanCycles, type ScanCycle } from './scan/controller.js';
export {
  configured,
  loadThroughScanChains,
  loadingCycles,
  type LoadableCircuit,
  type LoadingOptions,
} from './scan/load.js';
export { SCAN_PORT } from './fabric/scan-port.js';
export { insertScanChains, type ScanChain, type ScanCircuit } from './scan/scan-chains.js';
