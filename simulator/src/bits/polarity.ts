/**
 * The meaning of a bit as a number: bit 1 is +1, bit 0 is -1, and sign(0) = +1. No other file defines it. All that
 * follows (network, netlist, C, Verilog) works on bits and integers.
 */
export type Bit = 0 | 1;
export type Sign = -1 | 1;

/** Gives the bit of sign(x). 0 and -0 both give 1. */
export const bitOfSign = (x: number): Bit => (x >= 0 ? 1 : 0);

export const signOfBit = (bit: number): Sign => (bit === 1 ? 1 : -1);
