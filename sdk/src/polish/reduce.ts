/** Adds numbers up over all threads that polish together, each of which gets the same sums. At most `REDUCE_WIDTH`. */
export type Reduce = (values: readonly number[]) => readonly number[];

/** Returns the values as they are: there is one thread. */
export const reduceNothing: Reduce = (values) => values;

export const REDUCE_WIDTH = 64;

const HEADER_BYTES = 16;
const [ARRIVED, ROUND] = [0, 1];

/** Makes what the threads meet in: a counter, a round, and for rounds of either parity a row of numbers a thread. */
export const createMeeting = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(HEADER_BYTES + 2 * threads * REDUCE_WIDTH * Float64Array.BYTES_PER_ELEMENT);

/**
 * Makes the sum over threads. Every thread must call it equally often. The last to arrive wakes the others; rows of two
 * parities are enough, since no thread can be two rounds ahead of one that still reads.
 */
export function createReduce(meeting: SharedArrayBuffer, thread: number, threads: number): Reduce {
  const header = new Int32Array(meeting, 0, 2);
  const rows = new Float64Array(meeting, HEADER_BYTES);
  let round = 0;
  return (values) => {
    const parity = (round & 1) * threads * REDUCE_WIDTH;
    rows.set(values, parity + thread * REDUCE_WIDTH);
    if (Atomics.add(header, ARRIVED, 1) === threads - 1) {
      Atomics.store(header, ARRIVED, 0);
      Atomics.add(header, ROUND, 1);
      Atomics.notify(header, ROUND);
    } else {
      while (Atomics.load(header, ROUND) === round) Atomics.wait(header, ROUND, round);
    }
    round++;
    return values.map((_, index) => {
      let sum = 0;
      for (let other = 0; other < threads; other++) sum += rows[parity + other * REDUCE_WIDTH + index];
      return sum;
    });
  };
}
