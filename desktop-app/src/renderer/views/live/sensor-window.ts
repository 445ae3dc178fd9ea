/** Rows of a sensor as they fill the input of a network: one row, or the newest rows one after the other. */
export interface SensorWindow {
  /** The newest values, as many as the network takes at most. */
  readonly values: readonly number[];
  /** Values of a row. */
  readonly width: number;
  /** Values that lay outside of what the network takes, and were held at its border. */
  readonly held: number;
  /** Why rows do not fit, if they do not. */
  readonly problem?: string;
}

export const emptyWindow: SensorWindow = { values: [], width: 0, held: 0 };

/**
 * Takes rows into the window. Values are rounded and held within what the network takes.
 * @param count values that the network takes; a row has as many, or a whole fraction of them
 * @param bits of a value
 */
export function withRows(
  window: SensorWindow,
  rows: readonly (readonly number[])[],
  count: number,
  bits: number,
): SensorWindow {
  const most = 2 ** bits - 1;
  let { values, width, held } = window;
  for (const row of rows) {
    if (count % row.length !== 0) {
      const problem = `A row has ${row.length} ${row.length === 1 ? 'number' : 'numbers'}, and the network takes ${count}: send rows of ${count}, or of a whole fraction.`;
      return { values: [], width: row.length, held, problem };
    }
    if (row.length !== width) values = [];
    width = row.length;
    held += row.filter((value) => value < 0 || value > most).length;
    values = [...values, ...row.map((value) => Math.min(Math.max(Math.round(value), 0), most))].slice(-count);
  }
  return { values, width, held };
}

/** The input of the network, once there are enough rows. */
export const inputFrom = ({ values }: SensorWindow, count: number): Uint8Array | undefined =>
  values.length === count ? Uint8Array.from(values) : undefined;
