/** WAV files as the mu-law bytes that a network takes. */
import { FormatError } from '@adiabit/simulator';
import decodeWav from '@audio/decode-wav';
import { encodeMuLaw } from '../../model/mu-law.js';
import { resample } from './resample.js';
import type { SoundTask } from './task.js';

type SoundShape = Pick<SoundTask, 'shape' | 'sampleRateHz'>;

/**
 * A sound in the shape of the task: its channels averaged, resampled to the task's rate, cut or ended with silence, in
 * mu-law. Its loudness stays what it is.
 *
 * @param file its name, for errors
 * @throws FormatError `format.bad-value` for bytes that are not a WAV file, or one without sound
 */
export function soundValues(
  bytes: Uint8Array,
  { shape: [length], sampleRateHz }: SoundShape,
  file: string,
): Uint8Array {
  const { channelData, sampleRate } = decode(bytes, file);
  if (channelData.length === 0 || channelData[0].length === 0 || sampleRate === 0) {
    throw new FormatError('bad-value', `${file} holds no sound. Replace it, or remove it.`, { file });
  }
  const mono = channelData[0].map(
    (_, index) => channelData.reduce((sum, channel) => sum + channel[index], 0) / channelData.length,
  );
  if (!mono.every(Number.isFinite)) {
    throw new FormatError('bad-value', `${file} holds a sample that is no number. Replace it.`, { file });
  }
  const samples = resample(mono, sampleRate, sampleRateHz);
  // The decoder scales 16-bit samples to -1..1, each sign by its own largest value; this gives them back.
  return Uint8Array.from({ length }, (_, index) => {
    const sample = samples[index] ?? 0;
    return encodeMuLaw(Math.round(sample * (sample < 0 ? 32_768 : 32_767)));
  });
}

function decode(bytes: Uint8Array, file: string): ReturnType<typeof decodeWav> {
  try {
    return decodeWav(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError('bad-value', `${file}: the WAV cannot be read (${reason}). Replace it.`, { file }, error);
  }
}
