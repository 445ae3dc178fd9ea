/** A list of 32-bit integers that grows. */
export class Int32List {
  #values = new Int32Array(1024);
  length = 0;

  /** Appends a number and returns its index. */
  push(value: number): number {
    if (this.length === this.#values.length) this.#growTo(this.length + 1);
    this.#values[this.length] = value;
    return this.length++;
  }

  /** Appends the numbers `start` up to `end` of another list. */
  pushAll(other: Int32List, start = 0, end = other.length): void {
    this.#growTo(this.length + end - start);
    for (let index = start; index < end; index++) this.#values[this.length++] = other.#values[index];
  }

  get(index: number): number {
    return this.#values[index];
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  clear(): void {
    this.length = 0;
  }

  toArray(): Int32Array {
    return this.#values.slice(0, this.length);
  }

  #growTo(length: number): void {
    if (length <= this.#values.length) return;
    const larger = new Int32Array(Math.max(length, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}
