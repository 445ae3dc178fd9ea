import { CONSTANT_1, kindOf, operandsOf, type Netlist } from './netlist.js';

/** The logic behind a net: what computes it from registers, memories, configuration and ports. */
export interface Cone {
  /** The cells, the driver of the net first, then those that it reads, and so on. */
  readonly cells: readonly number[];
  /** Whether there are more cells than were asked for. */
  readonly isCut: boolean;
}

/**
 * Finds the cells behind a net, back to the next registers, configuration cells, memories and ports. If a register drives the net,
 * it is part of the cone, and so is what it takes in.
 * @param drivers as `driversOf` gives them
 * @param most the largest number of cells
 */
export function logicCone({ cells }: Netlist, drivers: Int32Array, net: number, most = Infinity): Cone {
  const found = new Set<number>();
  const root = net > CONSTANT_1 ? drivers[net] : -1;
  if (root >= 0) found.add(root);
  for (const cell of found) {
    const kind = kindOf(cells, cell);
    if (kind === 'configuration' || (kind === 'register' && cell !== root)) continue;
    for (const operand of operandsOf(cells, cell)) {
      const driver = operand > CONSTANT_1 ? drivers[operand] : -1;
      if (driver < 0 || found.has(driver)) continue;
      const kindOfDriver = kindOf(cells, driver);
      if (kindOfDriver === 'register' || kindOfDriver === 'configuration') continue;
      if (found.size >= most) return { cells: [...found], isCut: true };
      found.add(driver);
    }
  }
  return { cells: [...found], isCut: false };
}
