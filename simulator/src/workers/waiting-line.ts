import type { LaneSlicer } from '../engines/lane-slicer.js';

/** What brings inputs to the workers. */
export interface Supply {
  readonly slicer: LaneSlicer;
  /** By worker, room for so many groups of inputs. */
  readonly rings: readonly Uint32Array[];
  readonly groups: number;
}

/** Inputs of a group: the lanes of an engine. */
export const LANES = 512;

/**
 * Inputs of a share on their way to its worker, turned into lanes: a ring that the worker empties while it is filled. They are turned
 * here because inputs of one bit are an eighth as large afterwards.
 */
export class WaitingLine {
  private added = 0;

  constructor(
    private readonly supply: Supply,
    private readonly filled: Int32Array,
    private readonly worker: number,
    private readonly inputs: readonly Uint8Array[],
    private readonly inputBits: number,
  ) {}

  /** Adds what there is room for once so many inputs of the share are no longer needed. */
  fill(taken: number): void {
    const { supply, filled, worker, inputs } = this;
    const { slicer, groups } = supply;
    while (this.added < inputs.length && this.added + LANES - taken <= groups * LANES && filled[worker] >= 0) {
      const end = Math.min(this.added + LANES, inputs.length);
      if (slicer.slice(inputs, this.added, end) >>> this.inputBits !== 0) {
        filled.forEach((_, other) => tell(filled, other, -1));
        return;
      }
      const slot = (this.added / LANES) % groups;
      slicer.planes.forEach((plane, bit) => {
        supply.rings[worker].set(plane, (slot * slicer.planes.length + bit) * plane.length);
      });
      this.added = end;
      tell(filled, worker, end);
    }
  }
}

function tell(filled: Int32Array, worker: number, value: number): void {
  Atomics.store(filled, worker, value);
  Atomics.notify(filled, worker);
}
