import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { MAX_TRACE_CYCLES } from '../limits.js';
import { method } from './define.js';

/** What a bitstream says of its network, known without a circuit. */
export interface NetworkFacts {
  readonly entry: string;
  readonly name: string;
  readonly compiler: string;
  readonly bytes: number;
  readonly goldenVectors: number;
  readonly input: {
    readonly count: number;
    readonly bits: number;
    /** The picture that the input is: height, width, channels. If absent, it is a row of values. */
    readonly shape?: readonly [number, number, number];
    /** If absent, it is unknown what the values are. */
    readonly kind?: 'picture' | 'sound' | 'values';
    readonly sampleRateHz?: number;
    /** Whether examples go through a preparation of the model before they enter. */
    readonly isPrepared: boolean;
  };
  readonly classes: number;
  readonly classNames?: readonly string[];
  /** The key that it says has signed it, which nobody has checked, and whether the manifest is that of this file. If absent, it is not signed. */
  readonly signature?: { readonly keyId: string; readonly namesThisFile: boolean };
  /** RAM that a board needs for it. */
  readonly neededWorkBytes: number;
  readonly boards: readonly {
    readonly id: string;
    readonly name: string;
    readonly slotBytes: number;
    readonly workBytes: number;
    /** Empty if it fits. */
    readonly lacks: readonly string[];
  }[];
  readonly layers: readonly LayerFacts[];
}

export interface LayerFacts {
  readonly index: number;
  readonly kind: 'dense' | 'convolution' | 'pool' | 'add' | 'activation' | 'thermometer' | 'logic';
  /** The layers that it reads; -1 is the input. */
  readonly sources: readonly number[];
  readonly inputShape: readonly [number, number, number];
  readonly outputShape: readonly [number, number, number];
  readonly weights?: {
    readonly form: 'binary' | 'integer';
    /** Neurons or channels. */
    readonly rows: number;
    /** Inputs of one. */
    readonly columns: number;
    /** The picture that a row is: height, width, channels. */
    readonly tile: readonly [number, number, number];
  };
  readonly activation?: 'threshold' | 'requantize' | 'integer';
  /** Its fields besides the shapes, in words. */
  readonly fields: readonly (readonly [string, string])[];
  /** Its constants by name, one a channel: thresholds, offsets, multipliers. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
}

/** The circuit of a bitstream, as `auto` builds it. */
export interface CircuitFacts {
  readonly form: 'configurable' | 'specialised' | 'folded';
  readonly latency: number;
  readonly initiationInterval: number;
  readonly planes: number;
  readonly valuesPerCycle?: number;
  readonly gates: number;
  readonly levels: number;
  readonly configurationBits: number;
  readonly memoryBits: number;
  readonly nets: number;
  /** By kind, without kinds of which there is none. */
  readonly cells: Readonly<Record<string, number>>;
  readonly layers: readonly {
    readonly cells: number;
    /** Cycles in which it works on an input; known of folded circuits. */
    readonly workCycles?: number;
    readonly pe?: number;
    readonly simd?: number;
  }[];
  readonly buildMs: number;
}

export interface FpgaTarget {
  readonly id: string;
  readonly title: string;
}

/** What a circuit takes of an FPGA, or what is missing there. */
export type TargetFit =
  | {
      readonly fits: true;
      readonly form: CircuitFacts['form'];
      readonly luts: number;
      readonly registers: number;
      readonly memoryBits: number;
      readonly levels: number;
      readonly latency: number;
      readonly clockMHz?: number;
      /** Absent where there is no end. */
      readonly lutsThere?: number;
    }
  | { readonly fits: false; readonly error: Failure };

export interface SignalName {
  readonly name: string;
  readonly width: number;
  readonly signed: boolean;
}

/** A signal over a window of cycles: its values, each from its cycle on, in hexadecimal. */
export interface TracedSignal extends SignalName {
  readonly cycles: readonly number[];
  readonly values: readonly string[];
}

export interface SignalTrace {
  /** The cycles of the whole inference. */
  readonly cycles: number;
  readonly from: number;
  /** The first cycle after the window. */
  readonly to: number;
  readonly class: number;
  readonly outputs: readonly number[];
  /** Whether all of the inference is kept, so that other signals and windows of it are known at once. */
  readonly isKept: boolean;
  readonly signals: readonly TracedSignal[];
}

/** Long work on a circuit; `total` is 0 if it is not known how long. */
export interface CircuitWork {
  readonly entry: string;
  readonly step: 'build' | 'simulate' | 'estimate';
  readonly done: number;
  readonly total: number;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'this is no entry of the library');
const entry = z.strictObject({ entry: hex });
const index = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);
/** An input: a golden vector by number, or the values themselves. */
const input = z.union([z.strictObject({ golden: index }), z.strictObject({ values: z.instanceof(Uint8Array) })]);
const names = z.array(z.string().min(1).max(200)).max(256);

export const CIRCUIT_METHODS = {
  describeNetwork: method<NetworkFacts>()('lab', entry),
  /** Rows of weights: packed bits, the first in the lowest place, a row padded to bytes; or a byte a weight, in two's complement. */
  readWeights: method<Uint8Array>()('lab', z.strictObject({ entry: hex, layer: index, from: index, to: index })),
  buildCircuit: method<CircuitFacts>()('lab', entry),
  listTargets: method<readonly FpgaTarget[]>()('lab', z.strictObject({})),
  estimateTarget: method<TargetFit>()('lab', z.strictObject({ entry: hex, target: z.string().max(40) })),
  /** Draws a part by its name, or the logic behind a net. */
  drawSchematic: method<SchematicDrawing>()(
    'lab',
    z.strictObject({
      entry: hex,
      view: z.union([z.strictObject({ part: z.string().max(200) }), z.strictObject({ net: index })]),
    }),
  ),
  /** Finds signals by words of their names; ports first. Any bit of one is a signal too, as `x[3]`, and any net, as `n123`. */
  listSignals: method<{ readonly total: number; readonly signals: readonly SignalName[] }>()(
    'lab',
    z.strictObject({ entry: hex, search: z.string().max(200), limit: z.number().int().min(1).max(500) }),
  ),
  traceSignals: method<SignalTrace>()(
    'lab',
    z
      .strictObject({ entry: hex, input, signals: names, from: index, to: index })
      .refine(
        ({ from, to }) => to > from && to - from <= MAX_TRACE_CYCLES,
        `a window has 1 to ${MAX_TRACE_CYCLES} cycles`,
      ),
  ),
  /** Returns the waveform of the whole inference as VCD, with the ports and the signals that are named. */
  exportVcd: method<string>()('lab', z.strictObject({ entry: hex, input, signals: names })),
  /** Stops whatever is computed of circuits; it fails as cancelled. */
  cancelCircuitWork: method<undefined>()('lab', z.strictObject({})),
};

export interface CircuitEvents {
  /** How far the work at hand is; undefined when there is none. */
  readonly circuitWork: CircuitWork | undefined;
}

export interface SchematicBox {
  readonly id: string;
  readonly kind: 'cell' | 'part' | 'memory' | 'outside';
  readonly label: string;
  readonly note?: string;
  readonly part?: string;
  readonly net?: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type SchematicDrawing =
  | {
      readonly kind: 'drawing';
      readonly title: string;
      readonly width: number;
      readonly height: number;
      readonly nodes: readonly SchematicBox[];
      readonly edges: readonly {
        readonly from: string;
        readonly to: string;
        readonly nets: number;
        readonly points: readonly number[];
      }[];
      readonly isCut: boolean;
    }
  | {
      readonly kind: 'results';
      readonly title: string;
      readonly cells: number;
      readonly count: number;
      readonly results: readonly { readonly net: number; readonly cells: number }[];
    };
