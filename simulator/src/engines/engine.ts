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
  /** Vectors in a pass. */
  readonly lanes: number;
  /** 32-bit words per net: ceil(lanes / 32). */
  readonly wordsPerNet: number;
  /** Loads the configuration cells, in the order in which they stand in the netlist. */
  configure(configuration: BitMatrix): void;
  /** As after switching on: registers are 0, memories hold what they hold at first; the configuration stays. */
  reset(): void;
  /** Drives an input port: wordsPerNet words per bit, least significant bit of the port first. */
  setInput(port: string, words: Uint32Array): void;
  /** Lets every net settle for this cycle. */
  evaluate(): void;
  /** The words of an output port in this cycle, valid until the next call. */
  getOutput(port: string): Uint32Array;
  /** The clock edge: registers and memories take their inputs. */
  clock(): void;
}

/** A bit that a circuit keeps: a register, by its net, or a bit of a memory, counted word after word. */
export type StateBit = { readonly register: number } | { readonly memory: number; readonly bit: number };

/** An engine whose state can be hit, as by a particle. */
export interface UpsettableEngine extends Engine {
  /**
   * Flips a bit in the vectors whose bit in `lanes` (wordsPerNet words) is 1, between `clock` and `evaluate`. It stays
   * flipped until something writes it, or until `reset`.
   * @throws RangeError for what is not in the netlist
   */
  flip(bit: StateBit, lanes: Uint32Array): void;
}

/** @throws RangeError for a memory or a bit that the netlist has not */
export function checkMemoryBit({ memories }: Netlist, memory: number, bit: number): void {
  const one = memories.at(memory);
  if (one !== undefined && bit < one.depth * one.data.length) return;
  throw new RangeError(`There is no bit ${bit} in memory ${memory}.`);
}

/** @throws NetlistError `netlist.width-mismatch` when a configuration is of another circuit. */
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
