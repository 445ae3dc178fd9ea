export interface WavOptions {
  readonly sampleRateHz: number;
  readonly channels?: number;
  /** WAVE format tag: 1 is linear, 7 mu-law (RFC 2361). */
  readonly format?: 1 | 7;
}

/** Returns a WAV file: 16-bit samples, or bytes for mu-law, those of all channels of one moment side by side. */
export function wavFile(samples: ArrayLike<number>, { sampleRateHz, channels = 1, format = 1 }: WavOptions): Buffer {
  const size = format === 1 ? 2 : 1;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * size, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * size, 28);
  header.writeUInt16LE(channels * size, 32);
  header.writeUInt16LE(8 * size, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * size, 40);
  const body = Buffer.alloc(samples.length * size);
  for (let index = 0; index < samples.length; index++) {
    if (format === 1) body.writeInt16LE(samples[index], 2 * index);
    else body[index] = samples[index];
  }
  return Buffer.concat([header, body]);
}
