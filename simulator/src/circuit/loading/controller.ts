import { encodeProgram } from '../../bitstream/encode-program.js';
import { ANCILLARY_KIND, FRAME_KIND } from '../../bitstream/layout.js';
import { FormatError } from '../../errors.js';
import { planMemory } from '../../network/memory.js';
import { IncomingBitstream, refusal } from './incoming-bitstream.js';
import type { ScanChain, ScanCircuit } from './scan-chains.js';

/** The signals of a controller in one clock cycle: one bit for one chain. */
export interface ScanCycle {
  readonly chain: number;
  readonly bit: 0 | 1;
}

/**
 * Simulates the controller between a stream of bytes and the scan chains of a circuit. It shifts configuration in as it
 * arrives, before the CRC of the frame is known. Only if the generator returns are all CRCs and the digest right; only
 * then may the circuit run.
 * @throws FormatError with the offset at which the stream stops being a bitstream for this circuit
 */
export function* scanCycles({ circuit, chains }: ScanCircuit, bytes: Iterable<number>): Generator<ScanCycle> {
  const stream = new IncomingBitstream(bytes);
  stream.header();
  const loaded = new Set<number>();
  const { network } = circuit;
  const { program } = encodeProgram({ network, memory: planMemory(network) });
  for (let head = stream.nextHead(); head !== undefined; head = stream.nextHead()) {
    const { index, kind, layer, start, payloadBytes: length } = head;
    const chain = chains.findIndex((candidate) => FRAME_KIND[candidate.frame] === kind && candidate.layer === layer);
    if (chain < 0 && kind < ANCILLARY_KIND && kind !== FRAME_KIND.program && kind !== FRAME_KIND.goldenVectors)
      throw refusal('bad-value', start, `has a frame of kind ${kind} that no chain takes`);
    if (chain >= 0 && (loaded.has(chain) || length !== payloadBytes(chains[chain])))
      throw refusal('bad-value', start, `has a frame for ${chains[chain].frame} that does not fit`);
    if ((index === 0) !== (kind === FRAME_KIND.program) || (index === 0 && length !== program.length))
      throw refusal('bad-value', start, 'is for another circuit');
    const payload: number[] = [];
    for (const byte of stream.bytesOf(head)) {
      const place = payload.push(byte) - 1;
      if (chain >= 0) yield* shiftByte(chains[chain], chain, payload, place);
    }
    const body = Uint8Array.from(payload);
    stream.close(head, body);
    if (index === 0 && !program.every((byte, place) => byte === body[place]))
      throw refusal('bad-value', start, 'is for another circuit');
    if (chain >= 0) loaded.add(chain);
  }
  if (loaded.size < chains.length) throw refusal('bad-value', stream.at, 'leaves a chain of the circuit empty');
  stream.end();
}

const WORD_BITS = 32;

/** Gives the 32-bit words in one row of a chain's frame. */
const wordsPerRow = ({ rowBits }: ScanChain): number => Math.ceil(rowBits / WORD_BITS);

const payloadBytes = (chain: ScanChain): number => chain.routing?.payload.length ?? 4 * chain.rows * wordsPerRow(chain);

/** Gives the bits of a byte that belong to a chain. The others must be padding, or repeat the sign of an offset. */
function* shiftByte(chain: ScanChain, index: number, payload: readonly number[], place: number): Generator<ScanCycle> {
  if (chain.routing !== undefined) {
    yield* shiftTables(chain, chain.routing, index, payload[place], place);
    return;
  }
  const rowBytes = 4 * wordsPerRow(chain);
  const first = 8 * (place % rowBytes);
  for (let bit = 0; bit < 8; bit++) {
    const value = ((payload[place] >> bit) & 1) as 0 | 1;
    if (first + bit < chain.rowBits) {
      yield { chain: index, bit: value };
      continue;
    }
    const top = chain.rowBits - 1;
    const sign = (payload[place - (place % rowBytes) + (top >> 3)] >> (top & 7)) & 1;
    if (value !== (chain.isSigned ? sign : 0)) {
      throw unfit(chain);
    }
  }
}

/** Gives the bits of a byte that belong to masks. All others must be those of the circuit's own routing. */
function* shiftTables(
  chain: ScanChain,
  { payload, rowBytes, firstBit }: NonNullable<ScanChain['routing']>,
  index: number,
  byte: number,
  place: number,
): Generator<ScanCycle> {
  for (let bit = 0; bit < 8; bit++) {
    const value = ((byte >> bit) & 1) as 0 | 1;
    const at = 8 * (place % rowBytes) + bit;
    if (place < payload.length && at >= firstBit && at < firstBit + chain.rowBits) yield { chain: index, bit: value };
    else if (value !== (((payload.at(place) ?? 0) >> bit) & 1)) throw unfit(chain);
  }
}

const unfit = ({ frame, layer }: ScanChain): FormatError =>
  new FormatError('bad-value', `The ${frame} of layer ${layer} do not fit this circuit.`, { layer });
