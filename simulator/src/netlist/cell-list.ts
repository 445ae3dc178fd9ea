import { RESULT_COUNTS } from './cells.js';
import { NO_NET, type CellTable } from './netlist.js';

/** A table of cells that grows. Circuits have millions of cells, so adding one costs seven stores and no object. */
export class CellList {
  #kind = new Uint8Array(1024);
  #a = new Int32Array(1024);
  #b = new Int32Array(1024);
  #c = new Int32Array(1024);
  #out = new Int32Array(1024);
  #group = new Int32Array(1024);
  count = 0;

  /** Appends a cell and returns its index. Its second result, if it has one, is the net after `out`. */
  push(kind: number, a: number, b: number, c: number, out: number, group: number): number {
    if (this.count === this.#kind.length) this.#grow();
    const index = this.count++;
    this.#kind[index] = kind;
    this.#a[index] = a;
    this.#b[index] = b;
    this.#c[index] = c;
    this.#out[index] = out;
    this.#group[index] = group;
    return index;
  }

  /** Reconnects the first operand of a cell. */
  connect(index: number, a: number): void {
    this.#a[index] = a;
  }

  toTable(): CellTable {
    const { count } = this;
    const [kind, out] = [this.#kind.slice(0, count), this.#out.slice(0, count)];
    const [a, b, c, group] = [this.#a, this.#b, this.#c, this.#group].map((column) => column.slice(0, count));
    const carry = new Int32Array(count);
    for (let cell = 0; cell < count; cell++) carry[cell] = RESULT_COUNTS[kind[cell]] === 2 ? out[cell] + 1 : NO_NET;
    return { count, kind, a, b, c, out, carry, group };
  }

  #grow(): void {
    const capacity = 2 * this.count;
    const larger = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const moved = new Int32Array(capacity);
      moved.set(column);
      return moved;
    };
    const kind = new Uint8Array(capacity);
    kind.set(this.#kind);
    this.#kind = kind;
    this.#a = larger(this.#a);
    this.#b = larger(this.#b);
    this.#c = larger(this.#c);
    this.#out = larger(this.#out);
    this.#group = larger(this.#group);
  }
}
