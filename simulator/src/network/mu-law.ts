/**
 * G.711 mu-law (ITU-T Recommendation G.711, table 2): one byte a sample, logarithmic, 14 bits of range here scaled to
 * 16. A byte b is stored inverted: with u = 255 - b, its low four bits are the step within one of eight segments, the
 * next three the segment, the highest the sign.
 */

/** The bias added before the logarithm, in units of 16-bit samples. */
export const MU_LAW_BIAS = 132;

/** Decodes a byte into a sample, -32,124 to 32,124. */
export function decodeMuLaw(byte: number): number {
  const inverted = 255 - byte;
  const magnitude = ((inverted & 15) * 8 + MU_LAW_BIAS) * 2 ** ((inverted >> 4) & 7) - MU_LAW_BIAS;
  return inverted >= 128 ? 0 - magnitude : magnitude;
}
