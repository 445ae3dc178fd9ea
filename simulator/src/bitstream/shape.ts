/** What the header of a bitstream says of the circuit. */
export interface CircuitShape {
  readonly inputCount: number;
  readonly inputBits: number;
  readonly layerCount: number;
  readonly outputCount: number;
}

/** How a program stands in a bitstream. */
export interface EncodedProgram {
  readonly shape: CircuitShape;
  /** The program first, then what configures it. */
  readonly frames: readonly Uint8Array[];
}
