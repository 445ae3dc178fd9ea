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
