/**
 * The container of WAV files (IBM and Microsoft, "Multimedia programming interface and data specifications 1.0", 1991,
 * section 2): "RIFF", a length, "WAVE", then chunks of a name, a length and that number of bytes, each padded to an
 * even length.
 */
import { FormatError } from '@adiabit/simulator/errors';

export interface WavChunks {
  /** The whole format chunk, its head included. */
  readonly format: Uint8Array;
  /** The contents of the data chunk. */
  readonly data: Uint8Array;
}

const HEAD_LENGTH = 12;
const CHUNK_HEAD = 8;
/** Programs that write into a pipe do not know the length yet. */
const UNKNOWN_LENGTH = 0xffff_ffff;

/**
 * Finds the format and the data of a WAV file, a view each.
 * @throws FormatError `format.bad-magic` for another kind of file, `format.truncated` for a chunk that is longer than
 * the file, `format.bad-value` for a file without format or data
 */
export function wavChunks(bytes: Uint8Array, file: string): WavChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (bytes.length < HEAD_LENGTH || name(0) !== 'RIFF' || name(8) !== 'WAVE')
    throw new FormatError('bad-magic', `${file} is no WAV file. Convert it, or remove it.`, { file, offset: 0 });
  let format: Uint8Array | undefined;
  for (let offset = HEAD_LENGTH; offset + CHUNK_HEAD <= bytes.length;) {
    const kind = name(offset);
    const length = view.getUint32(offset + 4, true);
    const end = offset + CHUNK_HEAD + length;
    const goesOn = kind === 'data' && length === UNKNOWN_LENGTH;
    if (end > bytes.length && !goesOn) {
      const message = `${file} is cut off: its chunk "${kind}" should end at byte ${end}, the file ends at byte ${bytes.length}. Get it again.`;
      throw new FormatError('truncated', message, { file, offset: bytes.length, expectedLength: end });
    }
    if (kind === 'fmt ') format = bytes.subarray(offset, end);
    if (kind === 'data' && format !== undefined) return { format, data: bytes.subarray(offset + CHUNK_HEAD, end) };
    offset = end + (length % 2);
  }
  const missing = format === undefined ? 'format' : 'data';
  throw new FormatError('bad-value', `${file} holds no sound: it has no ${missing} chunk. Replace it.`, { file });
}

/** Returns a WAV file of these chunks and nothing else. */
export function wavOf({ format, data }: WavChunks): Uint8Array {
  const bytes = new Uint8Array(HEAD_LENGTH + format.length + CHUNK_HEAD + data.length);
  const view = new DataView(bytes.buffer);
  const write = (offset: number, name: string): void => bytes.set(Buffer.from(name, 'latin1'), offset);
  write(0, 'RIFF');
  view.setUint32(4, bytes.length - CHUNK_HEAD, true);
  write(8, 'WAVE');
  bytes.set(format, HEAD_LENGTH);
  write(HEAD_LENGTH + format.length, 'data');
  view.setUint32(HEAD_LENGTH + format.length + 4, data.length, true);
  bytes.set(data, HEAD_LENGTH + format.length + CHUNK_HEAD);
  return bytes;
}
