/** A list of 32-bit integers that grows. */
export class Int32List {
  private values = new Int32Array(1024);
  length = 0;

  /** The index of the new number. */
  push(value: number): number {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  toArray(): Int32Array {
    return this.values.slice(0, this.length);
  }
}
