const FIRST_SLOTS = 1 << 12;
/** Odd constants that spread small numbers over 32 bits. */
const [SPREAD_A, SPREAD_B, SPREAD_C] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d];

/**
 * Numbers cells by kind and operands: 1, 2, 3 and so on, the same for the same cell. A hash table with open addressing
 * in plain arrays, because there are millions of cells.
 */
export class CellNumbers {
  /** Numbers by hash, 0 where there is none. A power of two, at most half full. */
  #slots = new Int32Array(FIRST_SLOTS);
  /** Kind and operands, four words for each number. */
  #keys = new Int32Array(2 * FIRST_SLOTS);
  #count = 0;

  numberOf(code: number, a: number, b: number, c: number): number {
    let slot = this.#slotOf(code, a, b, c);
    if (this.#slots[slot] !== 0) return this.#slots[slot];
    if (2 * (this.#count + 1) > this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(code, a, b, c);
    }
    const at = 4 * this.#count;
    this.#keys[at] = code;
    this.#keys[at + 1] = a;
    this.#keys[at + 2] = b;
    this.#keys[at + 3] = c;
    return (this.#slots[slot] = ++this.#count);
  }

  /** Returns the slot that has the number of a cell, or is free for it. */
  #slotOf(code: number, a: number, b: number, c: number): number {
    const slots = this.#slots;
    const keys = this.#keys;
    const mask = slots.length - 1;
    let hash = Math.imul(a, SPREAD_A) ^ Math.imul(b, SPREAD_B) ^ Math.imul(c + code, SPREAD_C);
    hash = Math.imul(hash ^ (hash >>> 15), SPREAD_B);
    hash ^= hash >>> 13;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = 4 * (slots[slot] - 1);
      if (at < 0) return slot;
      if (keys[at + 1] === a && keys[at + 2] === b && keys[at + 3] === c && keys[at] === code) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const keys = this.#keys;
    const larger = new Int32Array(2 * keys.length);
    larger.set(keys);
    this.#keys = larger;
    for (let number = 1, at = 0; number <= this.#count; number++, at += 4)
      this.#slots[this.#slotOf(keys[at], keys[at + 1], keys[at + 2], keys[at + 3])] = number;
  }
}
