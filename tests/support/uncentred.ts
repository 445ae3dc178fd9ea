/** Data whose values lie far from 0, drawn by a seed. */
import { datasetFromArrays, Random, type Dataset } from '@adiabit/sdk/train';

const side = 12;

/** Whether a pixel, so far from the middle of the shape, is ink. */
const shapes: readonly ((right: number, down: number, size: number) => boolean)[] = [
  (right, down, size) => Math.abs(Math.hypot(right, down) - size) < 1,
  (right, down, size) =>
    Math.min(Math.abs(right), Math.abs(down)) < 1 && Math.max(Math.abs(right), Math.abs(down)) <= size,
  (right, down, size) => Math.abs(Math.max(Math.abs(right), Math.abs(down)) - size) < 1,
];

/** Rings, crosses and frames of 12 x 12 pixels in dark ink on a white ground. */
export function picturesOnWhite(seed: number, perClass = 200): Dataset {
  const random = Random.fromSeed(seed, 'white ground');
  const labels = Array.from({ length: shapes.length * perClass }, (_, index) => index % shapes.length);
  const values = labels.map((label) => {
    const [right, down, size] = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(3, 4.5)];
    return Array.from({ length: side * side }, (_, pixel) => {
      const isInk = shapes[label]((pixel % side) - 5.5 - right, Math.floor(pixel / side) - 5.5 - down, size);
      return Math.round((isInk ? 20 : 215) + random.uniform(0, 40));
    });
  });
  return datasetFromArrays({ name: 'white', shape: [side, side], classes: 3, train: { values, labels } });
}

/**
 * Windows of 16 samples of three axes, four gestures in much noise. As a sensor gives them: bytes around 128, each input with a mean and a
 * deviation of its own; and standardised: the same numbers with one mean and one deviation.
 */
export function accelerations(seed: number, windows = 2000): Record<'recorded' | 'standardised', Dataset> {
  const random = Random.fromSeed(seed, 'accelerations');
  const gaussian = () =>
    Math.sqrt(-2 * Math.log(1 - random.uniform(0, 1))) * Math.cos(2 * Math.PI * random.uniform(0, 1));
  const [inputs, gestures] = [48, 4];
  const each = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const [means, deviations] = [
    each(inputs, () => random.uniform(118, 138)),
    each(inputs, () => 3 * Math.exp(random.uniform(0, 2))),
  ];
  const prototypes = each(gestures, () => each(inputs, gaussian));
  const labels = each(windows, (index) => index % gestures);
  const windowsOf = labels.map((label) => prototypes[label].map((value) => 0.4 * value + gaussian()));
  const asBytes = (toByte: (value: number, input: number) => number) => {
    const values = windowsOf.map((one) =>
      one.map((value, input) => Math.min(Math.max(Math.round(toByte(value, input)), 0), 255)),
    );
    return datasetFromArrays({ name: 'gestures', shape: [inputs], classes: gestures, train: { values, labels } });
  };
  return {
    recorded: asBytes((value, input) => means[input] + deviations[input] * value),
    standardised: asBytes((value) => 128 + 40 * value),
  };
}
