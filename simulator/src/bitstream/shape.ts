/** What the header of a bitstream says of the circuit. */
export interface CircuitShape {
  readonly inputCount: number;
  readonly inputBits: number;
  readonly layerCount: number;
  readonly outputCount: number;
}
