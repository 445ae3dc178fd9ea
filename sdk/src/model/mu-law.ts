/**
 * G.711 mu-law (ITU-T Recommendation G.711, table 2): one byte a sample, logarithmic, 14 bits of range here scaled to
 * 16. A byte b is stored inverted: with u = 255 - b, its low four bits are the step within one of eight segments, the
 * next three the segment, the highest the sign.
 */

/** What is added before the logarithm, in units of 16-bit samples. */
const bias = 132;
/** The largest magnitude there is. */
const maximum = 32_124;

/** The sample of a byte, -32,124 to 32,124. */
export function decodeMuLaw(byte: number): number {
  const inverted = 255 - byte;
  const magnitude = ((inverted & 15) * 8 + bias) * 2 ** ((inverted >> 4) & 7) - bias;
  return inverted >= 128 ? 0 - magnitude : magnitude;
}

/** The samples of all 256 bytes. */
export function muLawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => decodeMuLaw(byte));
}

/** The byte whose sample is nearest to a 16-bit sample; louder ones are the loudest there is. */
export function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), maximum);
  const segment = Math.floor(Math.log2(magnitude + bias)) - 7;
  const below = segment * 16 + Math.floor(((magnitude + bias) / 2 ** segment - bias) / 8);
  const above = Math.min(below + 1, 127);
  const isNearerAbove = decodeMuLaw(255 - above) - magnitude < magnitude - decodeMuLaw(255 - below);
  const code = isNearerAbove ? above : below;
  return 255 - (sample < 0 ? 128 + code : code);
}
