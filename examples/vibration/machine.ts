/**
 * A rotating machine as a program: synthetic, but by the textbook. A shaft turns in a ball bearing, and an accelerometer
 * on its housing measures three axes: x and y across the shaft (y is up), z along it.
 *
 * - healthy: what is left of an unbalance at the speed of the shaft, a little of twice that, and noise
 * - unbalance: a force that turns with the shaft, so 1 x its speed, its y a quarter turn behind its x, as the square of
 *   the speed
 * - misalignment: 2 x the speed, and along the shaft nearly as much as across it
 * - bearing: a fault of the outer race is hit by every ball, BPFO times a second, and each hit rings a resonance of the
 *   housing that dies away; the balls slip, so the hits are never quite regular
 *
 * (R. B. Randall, "Vibration-based condition monitoring", Wiley 2011, chapters 2 and 5.)
 */
import type { Random } from '@adiabit/sdk/train';

export const CONDITIONS = ['healthy', 'unbalance', 'misalignment', 'bearing'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The accelerometer: +-2 g in 16 bits, 1,000 samples a second. */
export const SAMPLE_RATE_HZ = 1000;
export const COUNTS_PER_G = 16_384;

/** The bearing: nine balls of 7.94 mm on a circle of 39.04 mm, as in a 6205. */
const BALLS = 9;
const BALL_MM = 7.94;
const PITCH_MM = 39.04;
/** Hits of the outer race a turn of the shaft: n / 2 * (1 - d / D), with no contact angle. */
export const BPFO_PER_TURN = (BALLS / 2) * (1 - BALL_MM / PITCH_MM);

const RESONANCE_HZ = 320;
/** How fast the resonance dies away, 1/s. */
const DECAY_PER_SECOND = 180;
/** The spread of the time between two hits. */
const SLIP = 0.015;

type Axes = readonly [x: number, y: number, z: number];

/** What one recording of the machine is like. */
interface Setting {
  readonly condition: Condition;
  readonly turnsPerSecond: number;
  /** How bad the fault is, 0.5 to 1.3. */
  readonly severity: number;
  readonly noiseG: number;
  /** Where the shaft stands at the start, in radians. */
  readonly phase: number;
}

/** Draws from the normal distribution (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

/**
 * Records the machine.
 * @returns counts of x, y and z for each sample, as the accelerometer gives them
 */
export function record(condition: Condition, samples: number, random: Random): Int16Array {
  const setting: Setting = {
    condition,
    turnsPerSecond: random.uniform(18, 32),
    severity: random.uniform(0.5, 1.3),
    noiseG: random.uniform(0.02, 0.05),
    phase: random.uniform(0, 2 * Math.PI),
  };
  const hits = condition === 'bearing' ? hitsOf(setting, samples, random) : new Float64Array(samples);
  const counts = new Int16Array(3 * samples);
  let angle = setting.phase;
  for (let sample = 0; sample < samples; sample++) {
    // The load makes the speed sway by a percent, once in about two seconds.
    const sway = 1 + 0.01 * Math.sin((Math.PI * sample) / SAMPLE_RATE_HZ + setting.phase);
    angle += (2 * Math.PI * setting.turnsPerSecond * sway) / SAMPLE_RATE_HZ;
    const turning = turningG(setting, angle);
    const hit = hits[sample];
    const axes: Axes = [turning[0] + 0.6 * hit, turning[1] + hit + 1, turning[2] + 0.3 * hit];
    axes.forEach((value, axis) => {
      const count = Math.round(COUNTS_PER_G * (value + setting.noiseG * normal(random)));
      counts[3 * sample + axis] = Math.min(Math.max(count, -32_768), 32_767);
    });
  }
  return counts;
}

/** Returns the accelerations that turn with the shaft. Gravity is apart. */
function turningG({ condition, turnsPerSecond, severity }: Setting, angle: number): Axes {
  const square = (turnsPerSecond / 25) ** 2;
  const once = square * (condition === 'unbalance' ? 0.22 * severity : 0.03);
  const twice = condition === 'misalignment' ? 0.16 * severity : 0.01;
  const along = condition === 'misalignment' ? 0.75 : 0.1;
  return [
    once * Math.cos(angle) + twice * Math.cos(2 * angle + 0.4),
    once * Math.sin(angle) + twice * Math.sin(2 * angle + 0.7),
    0.15 * once * Math.cos(angle + 1) + along * twice * Math.cos(2 * angle + 1.1),
  ];
}

/** Returns the ringing of the housing: a hit for every ball that passes the fault. */
function hitsOf({ turnsPerSecond, severity }: Setting, samples: number, random: Random): Float64Array {
  const ringing = new Float64Array(samples);
  const periodSeconds = 1 / (BPFO_PER_TURN * turnsPerSecond);
  const length = Math.ceil((5 * SAMPLE_RATE_HZ) / DECAY_PER_SECOND);
  for (let hit = random.uniform(0, periodSeconds); hit * SAMPLE_RATE_HZ < samples;) {
    const strength = 0.35 * severity * random.uniform(0.7, 1.3);
    const first = Math.ceil(hit * SAMPLE_RATE_HZ);
    for (let sample = first; sample < Math.min(samples, first + length); sample++) {
      const seconds = sample / SAMPLE_RATE_HZ - hit;
      const wave = Math.sin(2 * Math.PI * RESONANCE_HZ * seconds);
      ringing[sample] += strength * Math.exp(-DECAY_PER_SECOND * seconds) * wave;
    }
    hit += periodSeconds * (1 + SLIP * normal(random));
  }
  return ringing;
}
