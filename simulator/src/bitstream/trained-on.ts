/** The kind of examples that a network was trained on, so that it can be tested on others of that kind. */
export interface TrainedOn {
  /** The kind of an example. `values` are numbers that are neither a picture nor a sound. */
  readonly kind: 'picture' | 'sound' | 'values';
  /** The shape of an example, such as [28, 28]. */
  readonly shape: readonly number[];
  /** The sample rate of sounds. */
  readonly sampleRateHz?: number;
  /** The names of class 0, 1, .... If absent, they are unknown. */
  readonly classNames?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Reads `TrainedOn` from parsed JSON; undefined if it has another form. */
export function readTrainedOn(value: unknown): TrainedOn | undefined {
  if (!isObject(value)) return undefined;
  const { kind, shape, sampleRateHz, classNames } = value;
  if (kind !== 'picture' && kind !== 'sound' && kind !== 'values') return undefined;
  const isShape =
    Array.isArray(shape) && shape.length > 0 && shape.every((one) => isPositive(one) && Number.isInteger(one));
  if (!isShape) return undefined;
  if (sampleRateHz !== undefined && !isPositive(sampleRateHz)) return undefined;
  if (classNames !== undefined && !isStrings(classNames)) return undefined;
  return {
    kind,
    shape: shape as number[],
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
