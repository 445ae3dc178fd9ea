import { crc32 } from '../bits/crc32.js';
import { FormatError } from '../errors.js';
import { isValueScale, type ValueScale } from '../network/value-scale.js';
import { badValue, readHeader, type Frame } from './frames.js';
import { DIGEST_BYTES, FRAME, FRAME_KIND, HEADER, paddedTo4 } from './layout.js';
import type { CircuitShape } from './shape.js';

/** One channel of a sensor: the last axis of an example's shape. */
export interface SensorChannel {
  readonly name: string;
  /** The unit of the recorded values, such as g. If absent, they are counts. */
  readonly unit?: string;
  /** The raw counts of the device that make one unit. */
  readonly countsPerUnit: number;
  /** How a raw count becomes the byte that the network takes. */
  readonly scale: ValueScale;
}

/** The kind of examples that a network was trained on, so that it can be tested on others of that kind. */
export interface TrainedOn {
  /** The kind of an example. `values` are numbers that are neither a picture nor a sound. */
  readonly kind: 'picture' | 'sound' | 'values';
  /** The shape of an example, such as [28, 28]. */
  readonly shape: readonly number[];
  /** The sample rate of sounds, or of sensors. */
  readonly sampleRateHz?: number;
  /** The channels of sensors. If absent, the bytes of an example are not scaled from raw counts. */
  readonly channels?: readonly SensorChannel[];
  /** The names of class 0, 1, .... If absent, they are unknown. */
  readonly classNames?: readonly string[];
}

/** Information for people and tools. The circuit does not depend on it. */
export interface Description {
  readonly name: string;
  /** The digest of the model that it was compiled from, hexadecimal. */
  readonly modelDigest: string;
  readonly compiler: string;
  /** If absent, the meaning of inputs and classes is unknown. */
  readonly trainedOn?: TrainedOn;
}

/** What a bitstream says of itself, without its weights. */
export interface BitstreamSummary extends CircuitShape {
  readonly totalBytes: number;
  readonly description: Description;
}

/**
 * Reads header and description of a bitstream, and of the other frames no more than where they end.
 * @param read gives `length` bytes from `offset` on
 * @throws FormatError if these bytes are none of a bitstream; whatever `read` throws
 */
export async function summarizeBitstream(
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<BitstreamSummary> {
  const header = readHeader(await read(0, HEADER.size));
  const { totalBytes, inputCount, inputBits, layerCount, outputCount, frameCount } = header;
  const summary = { totalBytes, inputCount, inputBits, layerCount, outputCount };
  const end = totalBytes - DIGEST_BYTES;
  let at: number = HEADER.size;
  for (let index = 0; index < frameCount; index++) {
    if (at + FRAME.size > end) throw badValue(at, `has no room for frame ${index}`);
    const head = await read(at, FRAME.size);
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const payloadBytes = view.getUint32(FRAME.payloadBytes, true);
    const offset = at + FRAME.size;
    if (payloadBytes > end - offset) throw badValue(at, `has a frame ${index} that runs over its end`);
    if (view.getUint8(FRAME.kind) === FRAME_KIND.description) {
      const bytes = await read(offset, paddedTo4(payloadBytes));
      if (view.getUint32(FRAME.crc32, true) !== crc32(bytes, crc32(head.subarray(0, FRAME.crc32)))) {
        throw new FormatError('crc-mismatch', `Frame ${index} at byte ${at} is damaged. Copy or compile it again.`, {
          offset: at,
        });
      }
      const payload = new DataView(bytes.buffer, bytes.byteOffset, payloadBytes);
      return { ...summary, description: decodeDescription({ payload, offset }) };
    }
    at = offset + paddedTo4(payloadBytes);
  }
  return { ...summary, description: decodeDescription(undefined) };
}

/**
 * Reads a description. What is absent, or has another form, becomes unknown.
 * @throws FormatError `format.bad-value` if it is no UTF-8 JSON
 */
export function decodeDescription(frame: Pick<Frame, 'payload' | 'offset'> | undefined): Description {
  const unknown: Description = { name: 'circuit', modelDigest: '', compiler: '' };
  if (!frame) return unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(frame.payload);
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return unknown;
    const fields = parsed as Readonly<Record<string, unknown>>;
    const field = (name: 'name' | 'modelDigest' | 'compiler'): string => {
      const value = fields[name];
      return typeof value === 'string' ? value : unknown[name];
    };
    const trainedOn = readTrainedOn(fields['trainedOn']);
    return {
      name: field('name'),
      modelDigest: field('modelDigest'),
      compiler: field('compiler'),
      ...(trainedOn === undefined ? {} : { trainedOn }),
    };
  } catch (error) {
    throw new FormatError(
      'bad-value',
      'The description of the bitstream is not UTF-8 JSON.',
      { offset: frame.offset },
      error,
    );
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function isSensorChannel(value: unknown): value is SensorChannel {
  if (!isObject(value)) return false;
  const { name, unit, countsPerUnit, scale } = value;
  const isNamed = typeof name === 'string' && (unit === undefined || typeof unit === 'string');
  return isNamed && isPositive(countsPerUnit) && isObject(scale) && isValueScale(scale as unknown as ValueScale);
}

/** Reads one channel for each place of the last axis; undefined if it has another form. */
function readChannels(value: unknown, channels: number): readonly SensorChannel[] | undefined {
  if (!Array.isArray(value) || value.length !== channels || !value.every(isSensorChannel)) return undefined;
  return value.map(({ name, unit, countsPerUnit, scale: { offset, multiplier, shift } }) => ({
    name,
    ...(unit === undefined ? {} : { unit }),
    countsPerUnit,
    scale: { offset, multiplier, shift },
  }));
}

/** Reads `TrainedOn` from parsed JSON; undefined if it has another form. */
export function readTrainedOn(value: unknown): TrainedOn | undefined {
  if (!isObject(value)) return undefined;
  const { kind, shape, sampleRateHz, classNames, channels } = value;
  if (kind !== 'picture' && kind !== 'sound' && kind !== 'values') return undefined;
  const isShape =
    Array.isArray(shape) && shape.length > 0 && shape.every((one) => isPositive(one) && Number.isInteger(one));
  if (!isShape) return undefined;
  if (sampleRateHz !== undefined && !isPositive(sampleRateHz)) return undefined;
  if (classNames !== undefined && !isStrings(classNames)) return undefined;
  const sensors = readChannels(channels, (shape as number[])[shape.length - 1]);
  if (channels !== undefined && sensors === undefined) return undefined;
  return {
    kind,
    shape: shape as number[],
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
    ...(sensors === undefined ? {} : { channels: sensors }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
