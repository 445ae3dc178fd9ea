/** What the examples are that a network was trained on, so that it can be tested on others of the same kind. */
export interface TrainedOn {
  /** `values`: numbers of no kind that a folder could hold. */
  readonly kind: 'picture' | 'sound' | 'values';
  /** Of an example, for example [28, 28]. */
  readonly shape: readonly number[];
  /** Of sounds. */
  readonly sampleRateHz?: number;
  /** What class 0, 1, ... is called, where it is known. */
  readonly classNames?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** What a description says, or undefined if it is not of that form. */
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
    ...{ kind, shape: shape as number[] },
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
