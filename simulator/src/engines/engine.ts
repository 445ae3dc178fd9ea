import type { BitMatrix } from '../bits/bit-matrix.js';
import { NetlistError } from '../errors.js';
import type { Netlist } from '../netlist/netlist.js';

/**
 * Runs a netlist cycle by cycle, many independent vectors at once: bit v of a net's words is its value in vector v.
 *
 *     engine.configure(bits); engine.reset();
 *     each cycle: setInput(...), evaluate(), getOutput(...), clock()
 */
export interface Engine {
  readonly name: string;
  readonly netlist: Netlist;
  /** The number of vectors in a pass. */
  readonly lanes: number;
  /** 32-bit words per net: ceil(lanes / 32). */
  readonly wordsPerNet: number;
  /**
   * Sets the configuration cells, in netlist order.
   * @throws NetlistError `netlist.width-mismatch` if the number of bits is not that of the cells
   */
  configure(configuration: BitMatrix): void;
  /**
   * Resets the circuit as power-on does: registers become 0 and memories get their initial contents. The configuration
   * stays.
   */
  reset(): void;
  /** Drives an input port: wordsPerNet words per bit, least significant bit of the port first. */
  setInput(port: string, words: Uint32Array): void;
  /** Computes every net for this cycle. */
  evaluate(): void;
  /** Returns the words of an output port in this cycle. They are valid until the next call. */
  getOutput(port: string): Uint32Array;
  /** Simulates the clock edge: registers and memories take their inputs. */
  clock(): void;
}

/** One bit of a circuit's state: a register, named by its net, or a bit of a memory, counted word by word. */
export type StateBit = { readonly register: number } | { readonly memory: number; readonly bit: number };

/** An engine whose state can be flipped from outside, as a particle would flip it. */
export interface UpsettableEngine extends Engine {
  /**
   * Flips a bit in the vectors whose bit in `lanes` (wordsPerNet words) is 1. To be called between `clock` and
   * `evaluate`. The bit stays flipped until something writes it, or until `reset`.
   * @throws RangeError if the netlist has no such bit
   */
  flip(bit: StateBit, lanes: Uint32Array): void;
}

/**
 * Checks that a memory has a bit.
 * @throws RangeError if the netlist has no such memory, or the memory no such bit
 */
export function checkMemoryBit({ memories }: Netlist, memory: number, bit: number): void {
  const one = memories.at(memory);
  if (one !== undefined && bit < one.depth * one.data.length) return;
  throw new RangeError(`There is no bit ${bit} in memory ${memory}.`);
}

/**
 * Checks that a configuration has one bit per configuration cell.
 * @throws NetlistError `netlist.width-mismatch` if it has not
 */
export function checkConfigurationSize({ columns }: BitMatrix, cells: number): void {
  if (columns === cells) return;
  throw new NetlistError(
    'width-mismatch',
    `The configuration has ${columns} bits, the circuit ${cells} configuration cells.`,
    {
      expected: cells,
      actual: columns,
    },
  );
}
