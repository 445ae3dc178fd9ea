import { type Bitstream } from '@adiabit/simulator';
import { type CountingLayer } from '@adiabit/simulator/network';
/** A random small circuit with everything a device needs, and what it answers. */
export interface SampleCircuit {
    readonly bitstream: Bitstream;
    readonly bytes: Uint8Array;
    /** Inputs as they travel. */
    readonly inputs: readonly Uint8Array[];
    readonly outputs: readonly Int32Array[];
}
/** The formula of docs/formats/bitstream.md, as slowly as it is written there. */
export declare function evaluate(layers: readonly CountingLayer[], input: Uint8Array): Int32Array;
/** `next(n)` gives an integer below n. */
export declare function sampleCircuit(next: (below: number) => number, { widths, inputBits, goldenVectors }: {
    widths: readonly number[];
    inputBits: number;
    goldenVectors: number;
}): SampleCircuit;
/** Position of the largest output, the lowest on a tie. */
export declare const classOf: (outputs: Int32Array) => number;
/** A copy whose first golden vector expects something else: it passes every check but the self-test. */
export declare function withWrongGoldenVector({ bitstream }: SampleCircuit): Uint8Array;
//# sourceMappingURL=sample-circuits.d.ts.map