/** WAV files as the mu-law bytes that a network takes. */
import { FormatError } from '@adiabit/simulator/errors';
import decodeWav from '@audio/decode-wav';
import { encodeMuLaw } from '../../model/mu-law.js';
import { filterReach, resample } from './resample.js';
import type { SoundTask } from './task.js';
import { wavChunks, wavOf, type WavChunks } from './wav-chunks.js';

type SoundShape = Pick<SoundTask, 'shape' | 'sampleRateHz'>;

/** Fields of a format chunk, by their place in it. */
const FORMAT = {
  tag: 8,
  channels: 10,
  sampleRateHz: 12,
  blockBytes: 20,
  bytes: 24,
  samplesPerBlock: 26,
  subFormat: 32,
} as const;

/** Format tags (RFC 2361): the one that says that another is further on, and those of four bits a sample. */
const EXTENSIBLE = 0xfffe;
const ADPCM: readonly number[] = [0x02, 0x11];

/**
 * Returns a sound in the shape of the task: its channels averaged, resampled to the task's rate, cut or ended with
 * silence, in mu-law. Its loudness stays what it is. No more of the file is decoded than the task takes.
 *
 * @param file its name, for errors
 * @throws FormatError `format.bad-magic` for bytes that are not a WAV file, `format.truncated` for one that is cut off,
 * `format.bad-value` for one that cannot be decoded, or without sound
 */
export function soundValues(
  bytes: Uint8Array,
  { shape: [length], sampleRateHz }: SoundShape,
  file: string,
): Uint8Array {
  const chunks = wavChunks(bytes, file);
  const noSound = (): FormatError =>
    new FormatError('bad-value', `${file} holds no sound. Replace it, or remove it.`, { file });
  if (chunks.data.length === 0) throw noSound();
  const { channelData, sampleRate } = decode(firstSamples(chunks, length, sampleRateHz, file), file);
  if (channelData.length === 0 || channelData[0].length === 0 || sampleRate === 0) throw noSound();
  const mono = channelData[0].map(
    (_, index) => channelData.reduce((sum, channel) => sum + channel[index], 0) / channelData.length,
  );
  if (!mono.every(Number.isFinite)) {
    throw new FormatError('bad-value', `${file} holds a sample that is no number. Replace it.`, { file });
  }
  const samples = resample(mono, sampleRate, sampleRateHz, length);
  // The decoder scales 16-bit samples to -1..1, each sign by its own largest value; this gives them back.
  return Uint8Array.from({ length }, (_, index) => {
    const sample = samples[index] ?? 0;
    return encodeMuLaw(Math.round(sample * (sample < 0 ? 32_768 : 32_767)));
  });
}

/**
 * Returns as much of a sound as the task's samples and the filter of resampling need.
 * @throws FormatError for a format that is none
 */
function firstSamples({ format, data }: WavChunks, samples: number, taskRateHz: number, file: string): WavChunks {
  const refuse = (why: string): never => {
    throw new FormatError('bad-value', `${file}: its format ${why}. Replace it.`, { file });
  };
  if (format.length < FORMAT.bytes) refuse('is cut off');
  const view = new DataView(format.buffer, format.byteOffset, format.byteLength);
  const channels = view.getUint16(FORMAT.channels, true);
  const blockBytes = view.getUint16(FORMAT.blockBytes, true);
  // What the decoder makes of a byte is bounded by these.
  if (channels === 0 || blockBytes < channels) refuse(`has ${channels} channels in ${blockBytes} bytes`);
  if (samplesPerBlock(format, view) > 2 * blockBytes + 2) refuse(`has more samples than ${blockBytes} bytes hold`);
  const rateHz = view.getUint32(FORMAT.sampleRateHz, true);
  // A block holds one sample of each channel or, in ADPCM, more.
  const blocks = Math.ceil((samples * rateHz) / taskRateHz + filterReach(rateHz, taskRateHz)) + 1;
  return { format, data: data.subarray(0, Math.min(data.length, blocks * blockBytes)) };
}

/** Formats of four bits a sample say how many a block has; 0 for others. */
function samplesPerBlock(format: Uint8Array, view: DataView): number {
  const tag = view.getUint16(FORMAT.tag, true);
  const isExtended = tag === EXTENSIBLE && format.length >= FORMAT.subFormat + 2;
  const codec = isExtended ? view.getUint16(FORMAT.subFormat, true) : tag;
  return ADPCM.includes(codec) && format.length >= FORMAT.samplesPerBlock + 2
    ? view.getUint16(FORMAT.samplesPerBlock, true)
    : 0;
}

function decode(chunks: WavChunks, file: string): ReturnType<typeof decodeWav> {
  try {
    return decodeWav(wavOf(chunks));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError('bad-value', `${file}: the WAV cannot be read (${reason}). Replace it.`, { file }, error);
  }
}
