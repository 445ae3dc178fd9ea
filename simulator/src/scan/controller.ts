import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../bits/crc32.js';
import { programPayload } from '../bitstream/encode-dense.js';
import {
  ANCILLARY_KIND,
  DIGEST_BYTES,
  FRAME,
  FRAME_KIND,
  HEADER,
  MAGIC,
  VERSION_MAJOR,
  paddedTo4,
} from '../bitstream/layout.js';
import { Breath } from '../engines/breath.js';
import type { Engine } from '../engines/engine.js';
import { FormatError } from '../errors.js';
import { SCAN_PORT, type ScanChain, type ScanCircuit } from './scan-chains.js';

/** What the controller drives in one clock cycle: a bit for one chain. */
export interface ScanCycle {
  readonly chain: number;
  readonly bit: 0 | 1;
}

/**
 * The controller between a stream of bytes and the scan chains of a circuit. It reads the bytes once, in order, keeps
 * none but those of the frame at hand, and shifts configuration in as it arrives. A generator that returns has seen
 * every CRC and the digest right; only then may the circuit run.
 * @throws FormatError with the offset at which the stream stops being a bitstream for this circuit.
 */
export function* scanCycles({ circuit, chains }: ScanCircuit, bytes: Iterable<number>): Generator<ScanCycle> {
  const stream = bytes[Symbol.iterator]();
  const digest = sha256.create();
  let offset = 0;
  const nextByte = (): number => {
    const result = stream.next();
    if (result.done === true) throw refusal('truncated', offset, 'ends too early');
    offset++;
    return result.value;
  };
  const take = (count: number): DataView<ArrayBuffer> =>
    new DataView(Uint8Array.from({ length: count }, nextByte).buffer);
  const crcOf = (view: DataView<ArrayBuffer>, end: number, before = 0): number =>
    crc32(new Uint8Array(view.buffer, 0, end), before);

  const header = take(HEADER.size);
  if (header.getUint32(HEADER.magic, true) !== MAGIC) throw refusal('bad-magic', 0, 'does not start with "ABIT"');
  if (header.getUint8(HEADER.versionMajor) !== VERSION_MAJOR)
    throw refusal('unsupported-version', HEADER.versionMajor, 'has another version');
  if (header.getUint32(HEADER.crc32, true) !== crcOf(header, HEADER.crc32))
    throw refusal('crc-mismatch', HEADER.crc32, 'has a damaged header');
  digest.update(new Uint8Array(header.buffer));

  const loaded = new Set<number>();
  const program = programPayload(circuit.architecture);
  for (let index = 0; index < header.getUint32(HEADER.frameCount, true); index++) {
    const at = offset;
    const head = take(FRAME.size);
    const kind = head.getUint8(FRAME.kind);
    const length = head.getUint32(FRAME.payloadBytes, true);
    const chain = chains.findIndex(
      ({ frame, layer }) => FRAME_KIND[frame] === kind && layer === head.getUint8(FRAME.layer),
    );
    if (chain < 0 && kind < ANCILLARY_KIND && kind !== FRAME_KIND.program && kind !== FRAME_KIND.goldenVectors)
      throw refusal('bad-value', at, `has a frame of kind ${kind} that no chain takes`);
    if (chain >= 0 && (loaded.has(chain) || length !== payloadBytes(chains[chain])))
      throw refusal('bad-value', at, `has a frame for ${chains[chain].frame} that does not fit`);
    if ((index === 0) !== (kind === FRAME_KIND.program) || (index === 0 && length !== program.length))
      throw refusal('bad-value', at, 'is for another circuit');
    const payload: number[] = [];
    while (payload.length < paddedTo4(length)) {
      const byte = nextByte();
      const place = payload.push(byte) - 1;
      if (chain >= 0) yield* shiftByte(chains[chain], chain, payload, place);
    }
    const body = Uint8Array.from(payload);
    if (head.getUint32(FRAME.crc32, true) !== crc32(body, crcOf(head, FRAME.crc32)))
      throw refusal('crc-mismatch', at, `is damaged in frame ${index}`);
    if (index === 0 && !program.every((byte, place) => byte === body[place]))
      throw refusal('bad-value', at, 'is for another circuit');
    if (chain >= 0) loaded.add(chain);
    digest.update(new Uint8Array(head.buffer)).update(body);
  }
  if (loaded.size < chains.length) throw refusal('bad-value', offset, 'leaves a chain of the circuit empty');
  const expected = digest.digest();
  const stored = take(DIGEST_BYTES);
  if (!expected.every((byte, index) => byte === stored.getUint8(index)))
    throw refusal('digest-mismatch', offset - DIGEST_BYTES, 'is damaged');
  if (stream.next().done !== true || header.getUint32(HEADER.totalBytes, true) !== offset)
    throw refusal('bad-value', HEADER.totalBytes, 'has another length than it says');
}

const refusal = (code: ConstructorParameters<typeof FormatError>[0], offset: number, what: string): FormatError =>
  new FormatError(code, `The bitstream ${what} (at byte ${offset}); the circuit stays stopped. Send it again.`, {
    offset,
  });

const WORD_BITS = 32;

/** Words of 32 bits in one row of a chain's frame. */
const wordsPerRow = ({ rowBits }: ScanChain): number => Math.ceil(rowBits / WORD_BITS);

const payloadBytes = (chain: ScanChain): number => 4 * chain.rows * wordsPerRow(chain);

/** The bits of a byte that belong into a chain; the others must be padding, or repeat the sign of an offset. */
function* shiftByte(chain: ScanChain, index: number, payload: readonly number[], place: number): Generator<ScanCycle> {
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
    if (value !== (chain.frame === 'offsets' ? sign : 0)) {
      throw new FormatError('bad-value', `The ${chain.frame} of layer ${chain.layer} do not fit this circuit.`, {
        layer: chain.layer,
      });
    }
  }
}

export interface LoadingOptions {
  /** Told every few thousand bits, how many of the configuration's are in. */
  readonly onProgress?: (loaded: number, total: number) => void;
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

const PROGRESS_CYCLES = 1024;

/**
 * Loads a bitstream into a circuit on an engine, a bit a clock cycle, and lets it run when all checks have passed.
 * Returns the cycles it took. After a refusal, or when it is cancelled, `run` is 0 and the circuit answers nothing.
 * @throws FormatError as `scanCycles` does, CancelledError on abort
 */
export async function loadThroughScanChains(
  scan: ScanCircuit,
  engine: Engine,
  bytes: Iterable<number>,
  { onProgress, signal }: LoadingOptions = {},
): Promise<number> {
  const words = (bit: number): Uint32Array => new Uint32Array(engine.wordsPerNet).fill(bit ? 0xffffffff : 0);
  const drive = (chain: number, bit: number): void => {
    const enable = new Uint32Array(scan.chains.length * engine.wordsPerNet);
    if (chain >= 0) enable.set(words(1), chain * engine.wordsPerNet);
    engine.setInput(SCAN_PORT.enable, enable);
    engine.setInput(SCAN_PORT.in, words(bit));
  };
  engine.reset();
  engine.setInput(SCAN_PORT.run, words(0));
  const breath = new Breath('Loading through the scan chains was', signal);
  const total = scan.chains.reduce((sum, { rows, rowBits }) => sum + rows * rowBits, 0);
  let cycles = 0;
  try {
    breath.check(cycles);
    for (const { chain, bit } of scanCycles(scan, bytes)) {
      drive(chain, bit);
      engine.evaluate();
      engine.clock();
      cycles++;
      if (cycles % PROGRESS_CYCLES === 0) onProgress?.(cycles, total);
      if (breath.isDue) await breath.take(cycles);
    }
  } finally {
    drive(-1, 0);
  }
  engine.setInput(SCAN_PORT.run, words(1));
  return cycles;
}

/** The engine as it stands after loading: `reset`, which would clear the configuration, does nothing. */
export const configured = (engine: Engine): Engine => ({
  name: engine.name,
  netlist: engine.netlist,
  lanes: engine.lanes,
  wordsPerNet: engine.wordsPerNet,
  configure: (configuration) => engine.configure(configuration),
  reset: () => undefined,
  setInput: (port, words) => engine.setInput(port, words),
  evaluate: () => engine.evaluate(),
  getOutput: (port) => engine.getOutput(port),
  clock: () => engine.clock(),
});
