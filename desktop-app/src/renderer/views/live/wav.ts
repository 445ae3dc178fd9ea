const HEADER_BYTES = 44;

/** Writes samples of one channel, -1 to 1, as a WAV file of 16 bits. */
export function wavOf(samples: Float32Array, sampleRateHz: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string): void => bytes.set(new TextEncoder().encode(letters), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, 2 * sampleRateHz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    const held = Math.min(Math.max(sample, -1), 1);
    view.setInt16(HEADER_BYTES + 2 * index, Math.round(held * (held < 0 ? 32_768 : 32_767)), true);
  });
  return bytes;
}
