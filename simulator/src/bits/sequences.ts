import { Int32List } from './int32-list.js';

const FIRST_SLOTS = 1 << 10;
const SPREAD = 0x9e3779b1;

/**
 * Assigns numbers 0, 1, 2 and so on to lists of integers; equal lists get the same number. A hash table with open
 * addressing.
 */
export class Sequences {
  /**
   * By hash, the number of a list plus one; 0 for an empty slot. The length is a power of two, and at most half of the
   * slots are full.
   */
  #slots = new Int32Array(FIRST_SLOTS);
  readonly #values = new Int32List();
  readonly #hashes = new Int32List();
  /** The start of each list's values, and at the end the start of the next list's. */
  readonly #starts = new Int32List();

  constructor() {
    this.#starts.push(0);
  }

  numberOf(list: Int32List): number {
    let hash = list.length;
    for (let index = 0; index < list.length; index++) {
      hash = Math.imul(hash ^ list.get(index), SPREAD);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] - 1;
      if (this.#hashes.get(number) === hash && this.#isAt(number, list)) return number;
    }
    const number = this.#hashes.push(hash);
    this.#slots[slot] = number + 1;
    this.#values.pushAll(list);
    this.#starts.push(this.#values.length);
    if (2 * this.#hashes.length > this.#slots.length) this.#grow();
    return number;
  }

  #isAt(number: number, list: Int32List): boolean {
    const start = this.#starts.get(number);
    if (this.#starts.get(number + 1) - start !== list.length) return false;
    for (let index = 0; index < list.length; index++)
      if (this.#values.get(start + index) !== list.get(index)) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#hashes.length; number++) {
      let slot = this.#hashes.get(number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}
