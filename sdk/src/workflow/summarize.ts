import { within, type Steps } from '@adiabit/simulator/circuit';
import { CELL_KINDS, CELL_SHAPES, netlistStats, type Netlist } from '@adiabit/simulator/netlist';
import type { Bitstream } from '@adiabit/simulator/bitstream';
import type { CircuitForm } from '../compile/circuit-of.js';
import { checkedCircuitInSteps } from '../compile/compile.js';
import { estimateInSteps, type Estimate } from '../compile/estimate.js';
import { summarizeNetwork, type LayerSummary } from '../train/network/summary.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { boardFits, type BoardFit } from './board-table.js';
import { build } from './build.js';
import { compileUntrained } from './forecast.js';
import { throwIfCancelled, type Following } from './observer.js';
import { measureCycles } from './project/measure-cycles.js';

/** What a network will be, layer by layer, before it is trained. Sizes follow from the layers; a few gates and cycles depend on the weights. */
export interface NetworkOutlook {
  readonly name: string;
  readonly layers: readonly LayerSummary[];
  /** Weights that will be single bits, and numbers that will not. */
  readonly binaryParameters: number;
  readonly realParameters: number;
  /** If absent, the network has no exact integers, for this reason. */
  readonly frozen?: FrozenOutlook;
  readonly notFrozen?: string;
}

export interface FrozenOutlook {
  readonly bitstreamBytes: number;
  readonly workBytes: number;
  readonly boards: readonly BoardOutlook[];
  readonly circuit: {
    readonly form: CircuitForm;
    /** Two-input gates of each part of the circuit: the layers of the frozen network, and what is around them. */
    readonly parts: readonly { readonly name: string; readonly gates: number }[];
    readonly gates: number;
    /** 4-input tables, estimated; absent of an unrolled circuit that is larger than chips are. */
    readonly luts?: number;
    readonly memoryBits: number;
    readonly latency: number;
    readonly initiationInterval: number;
  };
}

export interface BoardOutlook extends BoardFit {
  /** Clock cycles of an inference on the emulated board; absent where it does not fit, or no emulator runs here. */
  readonly cycles?: number;
}

/** Cells up to which an unrolled circuit is mapped to tables: some seconds. */
const MOST_MAPPED_CELLS = 150_000;

export interface SummarizeOptions extends Following {
  /** Ids of the boards; all if absent. */
  readonly boardIds?: readonly string[] | undefined;
  /** Folder of more boards than come with Adiabit. */
  readonly boards?: string | undefined;
}

/** Says of a recipe what its network will take, from one with random weights. @throws ModelError for a recipe that cannot be trained; CancelledError */
export async function summarize(recipe: Recipe, options: SummarizeOptions = {}): Promise<NetworkOutlook> {
  const { layers, binaryParameters, realParameters } = summarizeNetwork(recipe.network);
  const network = { name: recipe.name, layers, binaryParameters, realParameters };
  const compiled = await compileUntrained(recipe);
  if (typeof compiled === 'string') return { ...network, notFrozen: compiled };
  const { bitstream, bytes, report } = compiled;
  const circuit = await build(circuitInSteps(bitstream), options);
  const boards: BoardOutlook[] = [];
  for (const fit of boardFits(bitstream, bytes.length, options.boards).boards) {
    if (options.boardIds?.includes(fit.id) === false) continue;
    throwIfCancelled(options.signal);
    const measured = fit.lacks.length > 0 ? undefined : await measureCycles(fit.id, options.boards, compiled, options);
    boards.push(measured !== undefined && 'cycles' in measured ? { ...fit, cycles: measured.cycles } : fit);
  }
  return { ...network, frozen: { bitstreamBytes: bytes.length, workBytes: report.workBytes, boards, circuit } };
}

function* circuitInSteps(bitstream: Bitstream): Steps<FrozenOutlook['circuit']> {
  const built = yield* within(0, 0.5, checkedCircuitInSteps(bitstream, 'auto'));
  const { netlist, timing } = built.circuit;
  const size = built.form === 'folded' ? built.estimate : yield* within(0.5, 1, mappedInSteps(netlist));
  const parts = gatesOfParts(netlist);
  const { latency, initiationInterval } = timing;
  const gates = parts.reduce((sum, part) => sum + part.gates, 0);
  const luts = size === undefined ? {} : { luts: size.luts };
  const { memoryBits } = netlistStats(netlist);
  return { form: built.form, parts, gates, ...luts, memoryBits, latency, initiationInterval };
}

function* mappedInSteps(netlist: Netlist): Steps<Estimate | undefined> {
  return netlist.cells.count > MOST_MAPPED_CELLS ? undefined : yield* estimateInSteps(netlist, 4);
}

/** Counts the gates of every part at the top of the hierarchy. */
function gatesOfParts({ cells, groups }: Netlist): readonly { readonly name: string; readonly gates: number }[] {
  const names = groups.map(({ name }) => name.split('.')[0]);
  const gates = new Map<string, number>();
  for (let cell = 0; cell < cells.count; cell++) {
    const name = names[cells.group[cell]];
    gates.set(name, (gates.get(name) ?? 0) + CELL_SHAPES[CELL_KINDS[cells.kind[cell]]].gates);
  }
  return [...gates].map(([name, count]) => ({ name, gates: count })).filter((part) => part.gates > 0);
}
