/** The numbers of a circuit in the header of a bitstream. */
export interface CircuitShape {
  readonly inputCount: number;
  readonly inputBits: number;
  readonly layerCount: number;
  readonly outputCount: number;
}
