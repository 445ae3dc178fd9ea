import type { LaneSlicer } from '../engines/lane-slicer.js';

/** The memory through which inputs reach the workers. */
export interface Supply {
  readonly slicer: LaneSlicer;
  /** By worker, a ring buffer for `groups` groups of inputs. */
  readonly rings: readonly Uint32Array[];
  readonly groups: number;
}

/** The inputs in a group: the lanes of an engine. */
export const LANES = 512;

/**
 * The inputs of one worker's share on their way to it: a ring buffer that the worker empties while it is filled. Inputs
 * are transposed into lanes here, because inputs of one bit become an eighth as large.
 */
export class WaitingLine {
  #added = 0;

  readonly #supply: Supply;
  readonly #filled: Int32Array;
  readonly #worker: number;
  readonly #inputs: readonly Uint8Array[];
  readonly #inputBits: number;

  constructor(supply: Supply, filled: Int32Array, worker: number, inputs: readonly Uint8Array[], inputBits: number) {
    this.#supply = supply;
    this.#filled = filled;
    this.#worker = worker;
    this.#inputs = inputs;
    this.#inputBits = inputBits;
  }

  /** Fills the ring, after `taken` inputs of the share are no longer needed. */
  fill(taken: number): void {
    const supply = this.#supply;
    const filled = this.#filled;
    const worker = this.#worker;
    const inputs = this.#inputs;
    const { slicer, groups } = supply;
    while (this.#added < inputs.length && this.#added + LANES - taken <= groups * LANES && filled[worker] >= 0) {
      const end = Math.min(this.#added + LANES, inputs.length);
      if (slicer.slice(inputs, this.#added, end) >>> this.#inputBits !== 0) {
        filled.forEach((_, other) => tell(filled, other, -1));
        return;
      }
      const slot = (this.#added / LANES) % groups;
      slicer.planes.forEach((plane, bit) => {
        supply.rings[worker].set(plane, (slot * slicer.planes.length + bit) * plane.length);
      });
      this.#added = end;
      tell(filled, worker, end);
    }
  }
}

function tell(filled: Int32Array, worker: number, value: number): void {
  Atomics.store(filled, worker, value);
  Atomics.notify(filled, worker);
}
