import type { SensorChannel } from '../../bitstream/description.js';
import type { NetworkInput } from '../../network/network.js';
import { oneLine, table } from './tables.js';

/** A network whose examples are scaled from raw values of sensors. */
export interface ScaledInput {
  /** The prefix of its names in C. */
  readonly name: string;
  readonly count: number;
  readonly channels: readonly SensorChannel[];
}

/** Gives the channels of a network whose examples are bytes of sensors; undefined of another. */
export const scaledInputOf = (
  name: string,
  { count, bits }: NetworkInput,
  channels: readonly SensorChannel[] | undefined,
): ScaledInput | undefined => (channels === undefined || bits !== 8 ? undefined : { name, count, channels });

/** Writes the declarations of the functions that take raw values. */
export function* scalingHeader({ name, count, channels }: ScaledInput): Generator<string> {
  const upper = name.toUpperCase();
  yield '';
  yield '/*';
  yield ' * Raw values as the device counts them, the channels of a sample together:';
  for (const [index, { name: channel, unit, countsPerUnit }] of channels.entries()) {
    const relation = unit === undefined ? '' : `, ${countsPerUnit} counts are 1 ${oneLine(unit)}`;
    yield ` *   ${index}: ${oneLine(channel)}${relation}`;
  }
  yield ' */';
  yield `#define ${upper}_CHANNELS ${channels.length}u`;
  yield `#define ${upper}_RAW_VALUES ${count}u`;
  yield '';
  yield '/* Makes the input of raw values. */';
  yield `void ${name}_scale(const int32_t raw[${upper}_RAW_VALUES], uint8_t input[${upper}_INPUT_BYTES]);`;
  yield '';
  yield '/* Scales, infers, and gives the class. The input and the outputs are left for whoever wants to see them. */';
  yield* signatureOf(name, ';');
}

/** Writes the tables of the scales and the functions, in the integers of `simulator/src/network/value-scale.ts`. */
export function* scalingSource({ name, channels }: ScaledInput): Generator<string> {
  const upper = name.toUpperCase();
  const scales = channels.map(({ scale }) => scale);
  yield '';
  for (const field of ['offset', 'multiplier', 'shift'] as const)
    yield* table(
      field === 'shift' ? 'uint8_t' : 'int32_t',
      `scale_${field}s`,
      scales.map((scale) => scale[field]),
    );
  yield '';
  yield `void ${name}_scale(const int32_t raw[${upper}_RAW_VALUES], uint8_t input[${upper}_INPUT_BYTES]) {`;
  yield `  for (uint32_t index = 0; index < ${upper}_RAW_VALUES; index++) {`;
  yield `    const uint32_t channel = index % ${upper}_CHANNELS;`;
  yield '    const uint32_t shift = scale_shifts[channel];';
  yield '    int64_t scaled = ((int64_t)raw[index] - scale_offsets[channel]) * scale_multipliers[channel];';
  yield '    if (shift > 0u) scaled += (int64_t)(UINT64_C(1) << (shift - 1u));';
  yield '    const uint64_t byte = scaled < 0 ? 0u : (uint64_t)scaled >> shift;';
  yield '    input[index] = (uint8_t)(byte > 255u ? 255u : byte);';
  yield '  }';
  yield '}';
  yield '';
  yield* signatureOf(name, ' {');
  yield `  ${name}_scale(raw, input);`;
  yield `  ${name}_infer(input, work, outputs);`;
  yield `  return ${name}_class(outputs);`;
  yield '}';
}

function* signatureOf(name: string, end: string): Generator<string> {
  const upper = name.toUpperCase();
  const start = `uint32_t ${name}_class_of_raw(`;
  yield `${start}const int32_t raw[${upper}_RAW_VALUES], uint8_t input[${upper}_INPUT_BYTES],`;
  yield `${' '.repeat(start.length)}uint32_t work[${upper}_WORK_WORDS], int32_t outputs[${upper}_OUTPUTS])${end}`;
}
