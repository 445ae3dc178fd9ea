import { Random } from '../../random.js';

const RECORDINGS = 8;
const ROWS = 320;
const RATE_HZ = 100;
const LARGEST_COUNT = 4095;

/** What a pump's two sensors show, in counts of a converter of 12 bits: a mean current with a ripple, and a shaking. */
interface PumpState {
  readonly current: number;
  readonly ripple: number;
  readonly shaking: number;
  readonly frequencyHz: number;
  /** The standard deviations of both. */
  readonly noise: readonly [current: number, vibration: number];
}

const states: Readonly<Record<string, PumpState>> = {
  idle: { current: 60, ripple: 0, shaking: 0, frequencyHz: 1, noise: [12, 30] },
  jammed: { current: 1500, ripple: 60, shaking: 60, frequencyHz: 3, noise: [90, 120] },
  running: { current: 1100, ripple: 120, shaking: 420, frequencyHz: 12, noise: [70, 90] },
};

/**
 * Returns recordings of a pump that is idle, running or jammed, a CSV each, by file name. They are computed, not measured: enough for a
 * new project to train, test and flash something before its first own recording. Always the same bytes.
 */
export function exampleRecordings(): ReadonlyMap<string, string> {
  const random = Random.fromSeed(1, 'pump');
  return new Map(
    Object.entries(states).flatMap(([name, state]) =>
      Array.from({ length: RECORDINGS }, (_, index) => [`${name}-${index + 1}.csv`, recording(state, random)] as const),
    ),
  );
}

/** Draws noise of mean 0 and standard deviation 1: the sum of three uniform numbers, nearly normal. */
const noise = (random: Random): number => 2 * [0, 1, 2].reduce((sum) => sum + random.uniform(-0.5, 0.5), 0);

function recording(state: PumpState, random: Random): string {
  const vary = (value: number, share: number): number => value * random.uniform(1 - share, 1 + share);
  const [current, shaking, frequencyHz] = [
    vary(state.current, 0.15),
    vary(state.shaking, 0.3),
    vary(state.frequencyHz, 0.15),
  ];
  const phase = random.uniform(0, 2 * Math.PI);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const turn = (2 * Math.PI * frequencyHz * row) / RATE_HZ + phase;
    const values = [
      current + state.ripple * Math.sin(turn / 2) + state.noise[0] * noise(random),
      (LARGEST_COUNT + 1) / 2 + shaking * Math.sin(turn) + state.noise[1] * noise(random),
    ];
    return values.map((value) => Math.min(LARGEST_COUNT, Math.max(0, Math.round(value)))).join(',');
  });
  return ['current,vibration', ...rows, ''].join('\n');
}
