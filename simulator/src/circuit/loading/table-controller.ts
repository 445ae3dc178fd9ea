import { getBit, type BitMatrix } from '../../bits/bit-matrix.js';
import { programParts } from '../../bitstream/decode-program.js';
import type { Frame } from '../../bitstream/frames.js';
import { ANCILLARY_KIND, FRAME_KIND } from '../../bitstream/layout.js';
import { zeroPointTable, type FoldedCircuit, type LoadableFoldedCircuit } from '../folded/elaborate-folded.js';
import { layerFunctions, layerTables } from '../folded/layer-tables.js';
import { unitsOf } from '../folded/units.js';
import { formatOf } from '../folded/words.js';
import { sourcesOf, type Layer, type NetworkInput } from '../../network/network.js';
import { inputRange, layerRanges } from '../../network/ranges.js';
import type { ScanCycle } from './controller.js';
import { IncomingBitstream, refusal } from './incoming-bitstream.js';

/**
 * Simulates the controller between a stream of bytes and the memories of a folded circuit. It checks the CRC of each
 * frame. When all frames of a layer have arrived, it sorts their numbers into the order of the circuit's words and
 * loads them, one bit a cycle. It keeps the frames of one layer at a time. Only if the generator returns are all CRCs
 * and the digest right; only then may the circuit run.
 * @throws FormatError with the offset at which the stream stops being a bitstream for this circuit
 */
export function* tableCycles(
  { circuit, chains }: LoadableFoldedCircuit,
  bytes: Iterable<number>,
): Generator<ScanCycle> {
  const stream = new IncomingBitstream(bytes);
  const shape = stream.header();
  const frames = configuringFrames(stream);
  const tables = tablesOf(circuit);
  let chain = 0;
  for (const part of programParts(frames.next().value, frames, shape)) {
    for (const table of tables(part, stream.at)) yield* bitsOf(table, chain++);
  }
  if (chain < chains.length) throw refusal('bad-value', stream.at, 'leaves a memory of the circuit empty');
  if (frames.next().done !== true) throw refusal('bad-value', stream.at, 'has more frames than the circuit takes');
  stream.end();
}

/** Gives the configuring frames, each once it is complete and its CRC is right. */
function* configuringFrames(stream: IncomingBitstream): Generator<Frame, undefined> {
  for (let frame = stream.nextFrame(); frame !== undefined; frame = stream.nextFrame()) {
    if (frame.kind < ANCILLARY_KIND && frame.kind !== FRAME_KIND.goldenVectors) yield frame;
  }
  return undefined;
}

/** Gives the contents of a circuit's memories, for the input and each layer as they arrive. */
function tablesOf({ network, folding }: FoldedCircuit): (part: NetworkInput | Layer, at: number) => BitMatrix[] {
  const ranges = layerRanges(network, 'any');
  const units = unitsOf(network);
  const inputs = inputRange(network.input, 'any');
  let layer = -1;
  return (part, at) => {
    const index = layer++;
    const own = index < 0 ? network.input : network.layers.at(index);
    if (own === undefined || structureOf(part, index) !== structureOf(own, index))
      throw refusal('bad-value', at, 'is for another circuit');
    if (!('kind' in part)) {
      const { zeroPoints } = part;
      return zeroPoints === undefined ? [] : [zeroPointTable(zeroPoints, folding.inputValues, formatOf(inputs).bits)];
    }
    const unit = { ...units[index], layer: part };
    const [source] = unit.sources;
    const format = formatOf(source < 0 ? inputs : ranges[source].values);
    const { weights, minima, constants } = layerTables(
      unit,
      folding.layers[index],
      layerFunctions(unit, format, ranges[index], 'any'),
    );
    return [weights, minima, constants].filter((table) => table !== undefined);
  };
}

/** Describes everything that the circuit depends on: all but the weights and constants. */
function structureOf(part: NetworkInput | Layer, index: number): string {
  const resolved = 'kind' in part ? { ...part, from: sourcesOf(part, index) } : part;
  return JSON.stringify(resolved, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return value.byteLength;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

function* bitsOf(table: BitMatrix, chain: number): Generator<ScanCycle> {
  for (let row = 0; row < table.rows; row++) {
    for (let column = 0; column < table.columns; column++)
      yield { chain, bit: getBit(table, row, column) === 1 ? 1 : 0 };
  }
}
