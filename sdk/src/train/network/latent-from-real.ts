import type { LayerParameters } from './parameters.js';

/** How far the largest weight is from where tanh ends, as in the authors' code. */
const HEADROOM = 1.5;

/**
 * Returns the latent weights and the scale with which a layer computes what it did with real ones: with m = 1.5 max|w|,
 * w becomes atanh(w / m) / k and the scale m, and m tanh(k atanh(w / m) / k) = w.
 *
 * @param kWeight the sharpness that it goes on at
 */
export function latentFromReal(kernel: Float32Array, kWeight: number): Pick<LayerParameters, 'kernel' | 'scale'> {
  const largest = kernel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  // A layer of zeros has nothing to keep.
  const scale = largest === 0 ? 1 : HEADROOM * largest;
  return { kernel: kernel.map((weight) => Math.atanh(weight / scale) / kWeight), scale: Float32Array.of(scale) };
}
