/** A number for each net, 0 for those that have none. Grows with the nets. */
export class NetMap {
  #values = new Int32Array(1024);

  get(net: number): number {
    return net < this.#values.length ? this.#values[net] : 0;
  }

  set(net: number, value: number): void {
    if (net >= this.#values.length) {
      const larger = new Int32Array(Math.max(net + 1, 2 * this.#values.length));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[net] = value;
  }
}
