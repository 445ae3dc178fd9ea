import type { BitMatrix } from '../../bits/bit-matrix.js';
import type { Word } from '../unrolled/blocks.js';
import type { NetlistBuilder, OpenMemory } from '../../netlist/builder.js';
import { CONSTANT_0 } from '../../netlist/netlist.js';
import { SCAN_PORT } from '../scan-port.js';
import { counter } from './sequence.js';
import type { Tables } from './tables.js';
import { choose } from './words.js';

/**
 * A memory that is loaded bit by bit: its number of words, and the bits of each. The first word and the lowest bit come
 * first.
 */
export interface TableChain {
  readonly name: string;
  readonly rows: number;
  readonly rowBits: number;
}

/**
 * Tables in memories that start empty. One bit enters a cycle. Bits are collected in a shift register that all memories
 * share, and the last bit of a word writes it. Words are written in order; the first follows the last.
 */
export class LoadedTables implements Tables {
  readonly contents = 'any';
  readonly #memories: { readonly memory: OpenMemory; readonly chain: TableChain }[] = [];

  inTurn(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word {
    return this.#memory(builder, name, table, counter(builder, table.rows, advance).value);
  }

  atOnce(builder: NetlistBuilder, name: string, table: BitMatrix, advance: number): Word {
    return this.#memory(builder, name, table, counter(builder, table.rows, advance).next);
  }

  #memory(builder: NetlistBuilder, name: string, { rows, columns }: BitMatrix, address: Word): Word {
    const memory = builder.memory(name, { depth: rows, width: columns });
    memory.connectRead(rows === 1 ? [CONSTANT_0] : address);
    this.#memories.push({ memory, chain: { name, rows, rowBits: columns } });
    return memory.data;
  }

  /**
   * Adds the logic that loads all tables built so far.
   * @returns the memories in the order of the bits of port `scan_enable`
   */
  connect(builder: NetlistBuilder): readonly TableChain[] {
    builder.enterGroup('loading', 'configuration');
    const [bit] = builder.input(SCAN_PORT.in, 1);
    const enable = builder.input(SCAN_PORT.enable, this.#memories.length);
    const shifts = [...enable].reduce((any, one) => builder.or(any, one));
    const longest = Math.max(...this.#memories.map(({ chain }) => chain.rowBits));
    const registers = Array.from({ length: longest - 1 }, () => builder.openRegister());
    /** The bits that have entered, the newest first. The newest is not in a register yet. */
    const bits = [bit, ...registers.map(({ q }) => q)];
    choose(builder, shifts, bits.slice(0, -1), bits.slice(1)).forEach((net, at) => registers[at].connect(net));
    this.#memories.forEach(({ memory, chain: { rows, rowBits } }, index) => {
      const { isLast } = counter(builder, rowBits, enable[index]);
      const isWritten = builder.and(enable[index], isLast);
      const address = rows === 1 ? [CONSTANT_0] : counter(builder, rows, isWritten).value;
      memory.connectWrite({ enable: isWritten, address, data: bits.slice(0, rowBits).reverse() });
    });
    return this.#memories.map(({ chain }) => chain);
  }
}
