import { ModelError } from '@adiabit/simulator/errors';
import { encodeMuLaw, muLawTable } from '../../model/mu-law.js';
import type { Random } from '../../random.js';
import type { Batch } from '../datasets/batches.js';

/** How a training varies clips in mu-law, as plain data. What is left out, or 0, varies nothing. */
export interface SoundAugmentation {
  readonly kind: 'sound';
  /** Most samples by which every clip is moved in time, either way; silence enters. */
  readonly maxShift?: number;
  /** Most decibels by which every clip is made louder or quieter. */
  readonly maxGain?: number;
  /** White noise up to this part of the clip's own root mean square is added: 0.1 is 20 dB below the clip. */
  readonly maxNoise?: number;
  /** Every clip is played faster or slower by up to this part, at most 0.5; its pitch moves along. */
  readonly maxSpeed?: number;
  /**
   * Every clip is made brighter or duller, as voices and microphones are: to each sample up to this part of the sample
   * before it is added or taken away, at most 0.95.
   */
  readonly maxTilt?: number;
  /**
   * The spectrum of every clip is coloured at random, as by another throat, room or microphone: to each sample, parts
   * of the 16 samples before it are added or taken away. At most 1, up to which the part of the sample just before
   * goes; earlier ones count 0.85 times as much a sample.
   */
  readonly maxColour?: number;
}

/** Samples are 16-bit; louder ones are cut. */
const LOUDEST = 32_767;

let encoded: Uint8Array | undefined;

/**
 * Returns the bytes of all 16-bit samples, from the lowest up: encoding one by one takes longer than a training step.
 */
function muLawCodes(): Uint8Array {
  encoded ??= Uint8Array.from({ length: 2 ** 16 }, (_, index) => encodeMuLaw(index - 2 ** 15));
  return encoded;
}

/** How many samples before a sample colour it: 2 ms at 8 kHz, so that peaks are some hundred hertz wide. */
const COLOUR_TAPS = 16;
const COLOUR_DECAY = 0.85;

/**
 * Returns the batch of mu-law bytes with every clip varied. Draws four numbers a clip, a fifth where it is tilted, 16
 * where it is coloured, and one a sample where there is noise.
 */
export function varySounds(batch: Batch, settings: SoundAugmentation, random: Random): Batch {
  const { maxShift = 0, maxGain = 0, maxNoise = 0, maxSpeed = 0, maxTilt = 0, maxColour = 0 } = settings;
  const length = batch.inputs.length / batch.size;
  const decoded = muLawTable();
  const codes = muLawCodes();
  const inputs = new Float32Array(batch.inputs.length);
  const clip = new Float32Array(length);
  for (let start = 0; start < inputs.length; start += length) {
    for (let index = 0; index < length; index++) clip[index] = decoded[batch.inputs[start + index]];
    const shift = Math.round(random.uniform(-maxShift, maxShift));
    const gain = 10 ** (random.uniform(-maxGain, maxGain) / 20);
    const speed = 1 + random.uniform(-maxSpeed, maxSpeed);
    // An even spread of this half width has the wanted root mean square.
    const noise = random.uniform(0, maxNoise) * Math.sqrt(3) * rootMeanSquare(clip);
    const tilt = maxTilt > 0 ? random.uniform(-maxTilt, maxTilt) : 0;
    if (maxColour > 0) colour(clip, maxColour, random);
    const middle = (length - 1) / 2;
    let before = 0;
    for (let index = 0; index < length; index++) {
      const sample = sampleAt(clip, middle + (index - middle - shift) * speed);
      const tilted = sample + tilt * before;
      before = sample;
      const noisy = tilted + (maxNoise > 0 ? random.uniform(-noise, noise) : 0);
      const heard = Math.round(Math.min(Math.max(gain * noisy, -LOUDEST), LOUDEST));
      inputs[start + index] = codes[heard + 2 ** 15];
    }
  }
  return { ...batch, inputs };
}

/**
 * Filters the clip in place, from the last sample down, so that what is before a sample is still as it was. The first
 * 16 stay.
 */
function colour(clip: Float32Array, maxColour: number, random: Random): void {
  const parts = Float32Array.from(
    { length: COLOUR_TAPS },
    (_, tap) => random.uniform(-maxColour, maxColour) * COLOUR_DECAY ** tap,
  );
  for (let index = clip.length - 1; index >= COLOUR_TAPS; index--) {
    let sum = clip[index];
    for (let tap = 0; tap < COLOUR_TAPS; tap++) sum += parts[tap] * clip[index - 1 - tap];
    clip[index] = sum;
  }
}

/** Interpolates between two samples by the line through them; before and after is silence. */
function sampleAt(clip: Float32Array, place: number): number {
  const before = Math.floor(place);
  const part = place - before;
  const sample = before >= 0 && before < clip.length ? clip[before] : 0;
  const next = before >= -1 && before < clip.length - 1 ? clip[before + 1] : 0;
  return sample + part * (next - sample);
}

function rootMeanSquare(clip: Float32Array): number {
  let sum = 0;
  for (const sample of clip) sum += sample * sample;
  return Math.sqrt(sum / clip.length);
}

/**
 * Checks how sounds shall be varied.
 * @param isMuLaw whether the network takes its inputs for mu-law
 * @throws ModelError `model.bad-value` for a setting out of range, or a network that hears nothing
 */
export function checkSoundAugmentation(augmentation: SoundAugmentation, isMuLaw: boolean): void {
  if (!isMuLaw) {
    const message = `An augmentation of kind 'sound' is for networks that begin with a layer of kind 'mu-law'.`;
    throw new ModelError('bad-value', message, { augmentation: 'sound' });
  }
  const { maxShift = 0, maxGain = 0, maxNoise = 0, maxSpeed = 0, maxTilt = 0, maxColour = 0 } = augmentation;
  const limits: Readonly<Record<string, number>> = { maxSpeed: 0.5, maxTilt: 0.95, maxColour: 1 };
  for (const [name, most] of Object.entries({ maxShift, maxGain, maxNoise, maxSpeed, maxTilt, maxColour })) {
    const limit = limits[name] ?? Infinity;
    if (Number.isFinite(most) && most >= 0 && most <= limit) continue;
    const range = limit === Infinity ? 'a number from 0 up' : `a number from 0 to ${limit}`;
    throw new ModelError('bad-value', `augmentation.${name} must be ${range}, not ${most}.`, { [name]: most });
  }
}
