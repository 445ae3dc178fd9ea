import type { BitMatrix } from '../bits/bit-matrix.js';
import type { Engine } from '../engines/engine.js';
import { ReferenceEngine } from '../engines/reference.js';
import type { Machine } from '../circuit/circuit.js';
import { levelize } from '../netlist/levelize.js';
import { describeCell, kindOf, resultsOf, type Netlist } from '../netlist/netlist.js';

/** The place where two circuits of the same cells first carry different values. */
export interface CellDifference {
  /** The cycle, counted from that in which the input starts. */
  readonly cycle: number;
  /** The cell with its nets and hierarchical name, or the memory that was read. */
  readonly cell: string;
  /** Its first differing value, in the first circuit and in the second. */
  readonly values: readonly [number, number];
}

interface Place {
  readonly net: number;
  readonly describe: () => string;
}

/**
 * Drives two circuits of the same cells alike and records the first place, in the order of evaluation, where they
 * differ.
 */
export class TwinEngine implements Engine {
  readonly name = 'reference, two circuits';
  readonly lanes = 1;
  readonly wordsPerNet = 1;
  readonly netlist: Netlist;
  /** The first difference; undefined while all nets agree. */
  first: CellDifference | undefined;
  #cycle = 0;
  readonly #engines: readonly [ReferenceEngine, ReferenceEngine];
  readonly #places: readonly Place[];

  readonly #right: Machine;

  constructor(left: Machine, right: Machine) {
    this.#right = right;

    this.netlist = left.netlist;
    this.#engines = [new ReferenceEngine(left.netlist), new ReferenceEngine(right.netlist)];
    this.#places = placesOf(left.netlist);
  }

  configure(configuration: BitMatrix): void {
    this.#engines[0].configure(configuration);
    this.#engines[1].configure(this.#right.configuration);
  }

  reset(): void {
    this.#cycle = 0;
    this.#engines.forEach((engine) => engine.reset());
  }

  setInput(port: string, words: Uint32Array): void {
    this.#engines.forEach((engine) => engine.setInput(port, words));
  }

  evaluate(): void {
    this.#engines.forEach((engine) => engine.evaluate());
    if (this.first !== undefined) return;
    const [left, right] = this.#engines;
    const place = this.#places.find(({ net }) => left.values[net] !== right.values[net]);
    if (place === undefined) return;
    this.first = {
      cycle: this.#cycle,
      cell: place.describe(),
      values: [left.values[place.net], right.values[place.net]],
    };
  }

  getOutput(port: string): Uint32Array {
    return this.#engines[0].getOutput(port);
  }

  clock(): void {
    this.#cycle++;
    this.#engines.forEach((engine) => engine.clock());
  }
}

/**
 * Lists the places to compare: outputs of memories first, then cells from the inputs on. Configuration cells are left
 * out, because they are the cause of a difference. Registers are left out, because they only repeat their input of the
 * cycle before.
 */
function placesOf(netlist: Netlist): readonly Place[] {
  const memories = netlist.memories.flatMap(({ name, data }) =>
    Array.from(data, (net): Place => ({ net, describe: () => `n${net}, read from memory ${name}` })),
  );
  const cells = Array.from(levelize(netlist).order).flatMap((cell) =>
    resultsOf(netlist.cells, cell).map((net): Place => ({ net, describe: () => describeCell(netlist, cell) })),
  );
  return [...memories, ...cells];
}

/** Tells whether two netlists have the same cells between the same nets. The contents of their memories may differ. */
export function haveSameCells(left: Netlist, right: Netlist): boolean {
  const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
    a.length === b.length && Array.prototype.every.call(a, (value: number, index: number) => value === b[index]);
  const columns = ['kind', 'a', 'b', 'c', 'out', 'carry'] as const;
  return (
    left.netCount === right.netCount &&
    columns.every((column) => same(left.cells[column], right.cells[column])) &&
    left.memories.length === right.memories.length &&
    left.memories.every(({ data, address }, index) => {
      const other = right.memories[index];
      return same(data, other.data) && same(address, other.address);
    })
  );
}

/** Lists the configuration cells in configuration order. */
export const configurationCells = ({ cells }: Netlist): readonly number[] =>
  Array.from({ length: cells.count }, (_, cell) => cell).filter((cell) => kindOf(cells, cell) === 'configuration');
