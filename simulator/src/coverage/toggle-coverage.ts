import { vectorsForInputs } from '../engines/lanes.js';
import { runInferences, type RunOptions } from '../engines/run.js';
import type { Machine } from '../circuit/circuit.js';
import { describeCell, kindOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import { WatchingEngine } from './watching-engine.js';

/** The nets of a circuit that a list of inputs toggles. */
export interface ToggleCoverage {
  readonly vectors: number;
  /** The number of nets that can toggle, and of those that went both from 0 to 1 and from 1 to 0. */
  readonly nets: number;
  readonly toggled: number;
  /** The same by part: the first level of the hierarchical names, in circuit order. */
  readonly parts: readonly PartCoverage[];
  /** The nets that did not toggle. */
  readonly missed: readonly MissedNet[];
}

export interface PartCoverage {
  readonly part: string;
  readonly nets: number;
  readonly toggled: number;
}

export interface MissedNet {
  readonly net: number;
  readonly rose: boolean;
  readonly fell: boolean;
  /** The cell that drives the net, with its nets and hierarchical name. */
  readonly cell: string;
}

/**
 * Runs the inputs through the circuit and tells which nets never went up or never came down from one cycle to the next: what a
 * test with these inputs cannot see. Configuration cells, which stand still by design, do not count. Inputs run side by side, so
 * one does not follow the one before it in the list; lanes that are left over run the first inputs again.
 *
 * @throws DataError as `runInferences`; CancelledError on abort
 */
export async function toggleCoverage(
  circuit: Machine,
  inputs: readonly Uint8Array[],
  options: RunOptions = {},
): Promise<ToggleCoverage> {
  const { netlist } = circuit;
  const watched = movingNets(netlist);
  const engine = new WatchingEngine(
    netlist,
    Int32Array.from(watched, ({ net }) => net),
    vectorsForInputs(inputs.length, circuit.timing),
  );
  const lanes = engine.lanes * Math.ceil(inputs.length / engine.lanes);
  const filled = Array.from({ length: lanes }, (_, lane) => inputs[lane % inputs.length]);
  await runInferences(circuit, engine, filled, options);
  const parts = new Map<string, { nets: number; toggled: number }>();
  const missed: MissedNet[] = [];
  watched.forEach(({ net, cell }, index) => {
    const [part] = netlist.groups[netlist.cells.group[cell]].name.split('.');
    const counted = parts.get(part) ?? { nets: 0, toggled: 0 };
    parts.set(part, counted);
    counted.nets++;
    const [rose, fell] = [engine.rose[index] === 1, engine.fell[index] === 1];
    if (rose && fell) counted.toggled++;
    else missed.push({ net, rose, fell, cell: describeCell(netlist, cell) });
  });
  return {
    vectors: inputs.length,
    nets: watched.length,
    toggled: watched.length - missed.length,
    parts: [...parts].map(([part, counts]) => ({ part, ...counts })),
    missed,
  };
}

function movingNets({ cells }: Netlist): readonly { readonly net: number; readonly cell: number }[] {
  return Array.from({ length: cells.count }, (_, cell) => cell)
    .filter((cell) => kindOf(cells, cell) !== 'configuration')
    .flatMap((cell) => resultsOf(cells, cell).map((net) => ({ net, cell })));
}
