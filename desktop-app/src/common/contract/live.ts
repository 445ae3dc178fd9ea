import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { MAX_FILE_BYTES } from '../limits.js';
import { method, portPath } from './define.js';

/** A circuit as one watches it: what goes in, what comes out, and the layers between. */
export interface LiveCircuit {
  readonly input: CircuitInput;
  /** The names of the classes; their numbers where names are unknown. */
  readonly classNames: readonly string[];
  readonly layers: readonly LiveLayer[];
}

export interface CircuitInput {
  readonly kind: 'picture' | 'sound' | 'values';
  readonly shape: readonly number[];
  readonly sampleRateHz?: number;
  readonly count: number;
  /** Values are below 2^bits. */
  readonly bits: number;
  /** Whether the bitstream says so itself. If not, it is guessed from the number of its inputs. */
  readonly isStated: boolean;
  /** Whether they are handwritten digits, which are centred as those of MNIST are. */
  readonly isDigits: boolean;
}

export interface LiveLayer {
  readonly kind: 'dense' | 'convolution' | 'pool' | 'add' | 'activation' | 'thermometer' | 'logic';
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Whether its values are single bits. */
  readonly isBinary: boolean;
}

/** What something that ran the circuit gave for an input. */
export interface Inference {
  readonly class: number;
  /** Empty of firmware that is built to tell the class alone. */
  readonly outputs: readonly number[];
}

/** The values of each layer, as little-endian 32-bit integers. If absent, nobody asked, or nobody can tell them. */
export interface LayerValues {
  readonly layers?: readonly Uint8Array[];
}

export interface OracleInference extends Inference, LayerValues {}

export interface CircuitInference extends Inference {
  readonly form: string;
  readonly cycles: number;
  readonly seconds: number;
}

export interface DeviceInference extends Inference, LayerValues {
  /** What the device counted, in its unit; 0 if it has no counter. */
  readonly counter: number;
  readonly roundTripMs: number;
}

/** Examples to show a circuit. */
export interface ExampleSet {
  /** Where they come from, in words. */
  readonly source: string;
  readonly count: number;
  /** The class of each. If absent, they have none: they are the golden vectors of the bitstream. */
  readonly labels?: Uint8Array;
  /** Why there is no test set. */
  readonly why?: Failure;
}

export interface SensorState {
  readonly path: string;
  readonly state: 'open' | 'closed';
  /** Why it closed, if nobody asked for it. */
  readonly error?: Failure;
}

export interface SensorRows {
  readonly rows: readonly (readonly number[])[];
  /** Lines that were no numbers, since it was opened; the last of them. */
  readonly badLines: number;
  readonly lastBadLine?: string;
}

const entry = z.string().max(64);
const device = z.string().max(300);
/** An example has at most as many values as a network may take. */
const MOST_VALUES = 2 ** 17;
const atMost = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= length, `more than ${length} bytes`);
const input = atMost(MOST_VALUES);
const byteCount = z.number().int().min(0);

export const LIVE_METHODS = {
  describeCircuit: method<LiveCircuit>()('lab', z.strictObject({ entry })),
  /** Computes the integers that the bitstream means, layer by layer. */
  askOracle: method<OracleInference>()('lab', z.strictObject({ entry, input, wantsLayers: z.boolean() })),
  /** Simulates the circuit cycle by cycle. */
  askCircuit: method<CircuitInference>()('lab', z.strictObject({ entry, input })),
  /** Makes an input of a picture or of a sound. */
  inputFromFile: method<Uint8Array>()(
    'lab',
    z.strictObject({
      entry,
      fileName: z.string().min(1).max(255),
      bytes: atMost(MAX_FILE_BYTES),
    }),
  ),
  /** Opens the test set of a circuit; where there is none, its golden vectors. */
  openExamples: method<ExampleSet>()('lab', z.strictObject({ entry })),
  readExamples: method<readonly Uint8Array[]>()(
    'lab',
    z.strictObject({ entry, from: byteCount, count: z.number().int().min(1).max(64) }),
  ),
  /** Has the device classify an input, if it runs this bitstream and is not being written. */
  askDevice: method<DeviceInference>()('bench', z.strictObject({ device, entry, input })),
  /** Has it tell the values of every layer for an input; firmware before protocol 1.2 cannot. */
  askDeviceLayers: method<LayerValues>()('bench', z.strictObject({ device, entry, input })),
  /** Reads the bitstream back that a device runs. */
  readFromDevice: method<Uint8Array>()('bench', z.strictObject({ device })),
  /** Listens to a sensor that sends lines of numbers. */
  openSensor: method<undefined>()(
    'bench',
    z.strictObject({
      path: portPath,
      baudRate: z.number().int().min(300).max(4_000_000),
    }),
  ),
  closeSensor: method<undefined>()('bench', z.strictObject({})),
};

export interface LiveEvents {
  readonly sensor: SensorState;
  /** Rows that came, at most every 50 ms. */
  readonly sensorRows: SensorRows;
}
