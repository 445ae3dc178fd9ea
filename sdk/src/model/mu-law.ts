import { MU_LAW_BIAS, decodeMuLaw } from '@adiabit/simulator/network';

export { decodeMuLaw };

/** The largest magnitude of G.711 mu-law. */
const MAXIMUM = 32_124;

/** Returns the samples of all 256 bytes. */
export function muLawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => decodeMuLaw(byte));
}

/** Returns the byte whose sample is nearest to a 16-bit sample; louder ones are the loudest there is. */
export function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MAXIMUM);
  const segment = Math.floor(Math.log2(magnitude + MU_LAW_BIAS)) - 7;
  const below = segment * 16 + Math.floor(((magnitude + MU_LAW_BIAS) / 2 ** segment - MU_LAW_BIAS) / 8);
  const above = Math.min(below + 1, 127);
  const isNearerAbove = decodeMuLaw(255 - above) - magnitude < magnitude - decodeMuLaw(255 - below);
  const code = isNearerAbove ? above : below;
  return 255 - (sample < 0 ? 128 + code : code);
}
