import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { circuitOf, reportOf, type BuiltCircuit } from '@adiabit/sdk/compile';
import { Schematics } from '@adiabit/sdk/workflow';
import type { CircuitFacts } from '../../../common/contract/circuits.js';
import { LeastRecent } from './least-recent.js';
import type { Recording } from './recording.js';
import { SignalIndex } from './signals.js';

/** A circuit that was built, and what was computed of it. */
export interface OpenCircuit {
  readonly bitstream: Bitstream;
  readonly built: BuiltCircuit;
  readonly facts: CircuitFacts;
  readonly signals: SignalIndex;
  readonly schematics: () => Schematics;
  /** By input. */
  readonly recordings: LeastRecent<Recording>;
}

/** Recordings of a circuit that are kept. */
const KEPT_RECORDINGS = 2;

/** Builds the circuit of a bitstream as `compile` does. @throws as `decodeBitstream` and `circuitOf` do */
export function openCircuit(bytes: Uint8Array): OpenCircuit {
  const bitstream = decodeBitstream(bytes);
  const startMs = performance.now();
  const built = circuitOf(bitstream);
  const facts = factsOf(built, bitstream.network.layers.length, performance.now() - startMs);
  let schematics: Schematics | undefined;
  return {
    bitstream,
    built,
    facts,
    signals: new SignalIndex(built.circuit.netlist),
    schematics: () => (schematics ??= new Schematics(built.circuit.netlist)),
    recordings: new LeastRecent(KEPT_RECORDINGS),
  };
}

function factsOf(built: BuiltCircuit, layers: number, buildMs: number): CircuitFacts {
  const { form, cells, gates, levels, configurationBits, memoryBits, timing } = reportOf(built);
  const { netlist } = built.circuit;
  const layerOf = netlist.groups.map(({ name }) => Number(/^layer(\d+)(?:\.|$)/.exec(name)?.[1] ?? -1));
  const counts = new Array<number>(layers).fill(0);
  for (const group of netlist.cells.group) if (layerOf[group] >= 0) counts[layerOf[group]]++;
  const folded = built.form === 'folded' ? built.circuit : undefined;
  return {
    form,
    latency: timing.latency,
    initiationInterval: timing.initiationInterval,
    planes: timing.planes,
    ...(timing.valuesPerCycle === undefined ? {} : { valuesPerCycle: timing.valuesPerCycle }),
    gates,
    levels,
    configurationBits,
    memoryBits,
    nets: netlist.netCount,
    cells: Object.fromEntries(Object.entries(cells).filter(([, count]) => count > 0)),
    layers: counts.map((count, index) => ({
      cells: count,
      ...(folded === undefined ? {} : { workCycles: folded.layers[index].work, ...folded.folding.layers[index] }),
    })),
    buildMs,
  };
}
