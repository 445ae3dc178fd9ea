import { CompileError } from '@adiabit/simulator/errors';
import {
  foldingChoices,
  streamHeads,
  unitsOf,
  valuesFor,
  workCycles,
  type Folding,
  type LayerFolding,
  type Unit,
} from '@adiabit/simulator/circuit';
import { isBinary, type Network } from '@adiabit/simulator/network';

/** How large a circuit may become, and how long an inference may take. */
export interface FoldingLimits {
  /** Tables, in the rough measure of `roughLuts`. */
  readonly luts: number;
  /** Cycles from the start of an inference to its outputs. If absent, as few as fit. */
  readonly cycles?: number;
}

/**
 * Unrolls layer by layer, from one product a cycle on: always the step that saves most cycles for a table, until the
 * goal is reached or nothing more fits. A layer that can follow the stream of the one before keeps its PE: it costs
 * tables, but no cycles and no memory.
 */
export function chooseFolding(network: Network, { luts, cycles = 0 }: FoldingLimits): Folding {
  const units = unitsOf(network);
  const heads = streamHeads(units, () => true);
  const choices = foldingChoices(network);
  const bits = units.map((unit) => valueBits(network, unit));
  const streams = units
    .filter(({ index }) => heads[index] === index)
    .map((head) => {
      const followers = units.filter(({ index }) => index > head.index && heads[index] === head.index);
      const { pe, simd } = choices.layers[head.index];
      const common = followers.reduce(
        (all, { index }) => all.filter((one) => choices.layers[index].pe.includes(one)),
        pe,
      );
      return { head, followers, choices: { pe: common, simd } };
    });
  const work = (layers: readonly LayerFolding[]): number =>
    streams.reduce((sum, { head }) => sum + workCycles(head, layers[head.index]), 0);
  const roughly = (layers: readonly LayerFolding[]): number =>
    units.reduce((sum, unit, index) => sum + roughLuts(unit, layers[index], bits[index]), 0);
  let layers: readonly LayerFolding[] = units.map(({ levels }) => ({ pe: levels, simd: 1 }));
  while (work(layers) > cycles) {
    let best: { next: readonly LayerFolding[]; gain: number } | undefined;
    for (const { head, followers, choices: allowed } of streams) {
      for (const step of stepsFrom(layers[head.index], allowed, head)) {
        const next = layers.slice();
        next[head.index] = step;
        for (const { index } of followers) next[index] = { pe: step.pe, simd: step.pe };
        const used = roughly(next);
        const gain = (work(layers) - work(next)) / Math.max(used - roughly(layers), 1);
        const fits = used <= luts && wordsAgree(units, next);
        if (fits && gain > 0 && (best === undefined || gain > best.gain)) best = { next, gain };
      }
    }
    if (best === undefined) break;
    layers = best.next;
  }
  return { inputValues: entryFor(choices.inputValues, units, layers), layers };
}

function* stepsFrom(
  { pe, simd }: LayerFolding,
  choices: { readonly pe: readonly number[]; readonly simd: readonly number[] },
  unit: Unit,
): Generator<LayerFolding> {
  for (const larger of choices.pe.filter((value) => value > pe)) {
    yield { pe: larger, simd: unit.isWeighted ? simd : valuesFor(unit, larger) };
  }
  if (unit.isWeighted) for (const larger of choices.simd.filter((value) => value > simd)) yield { pe, simd: larger };
}

/** Tells whether writers and readers of a feature map take its words in parts of each other. */
const wordsAgree = (units: readonly Unit[], layers: readonly LayerFolding[]): boolean =>
  units.every(({ index, sources }) =>
    sources.every((source) => source < 0 || divides(layers[source].pe, layers[index].simd)),
  );

const divides = (one: number, other: number): boolean => one % other === 0 || other % one === 0;

/** Returns the most values a cycle, up to 16, that agree with the first layers. */
function entryFor(allowed: readonly number[], units: readonly Unit[], layers: readonly LayerFolding[]): number {
  const readers = units.filter(({ sources }) => sources.includes(-1)).map(({ index }) => layers[index].simd);
  const fitting = allowed.filter((value) => value <= 16 && readers.every((simd) => divides(simd, value)));
  return fitting.at(-1) ?? 1;
}

/** Returns the bits of a product's addends: of the value, times those of an integer weight. */
function valueBits(network: Network, { layer, sources }: Unit): number {
  const from = sources[0] < 0 ? undefined : network.layers[sources[0]];
  const isBit = from !== undefined && 'activation' in from && from.activation.kind === 'threshold';
  const bits = isBit ? 1 : from === undefined ? network.input.bits : 8;
  return 'weights' in layer && !isBinary(layer.weights) ? 8 * bits : bits;
}

/**
 * Estimates tables for the sake of comparing steps: three for a bit that is added, and what a layer and an element take besides.
 */
export function roughLuts(unit: Unit, { pe, simd }: LayerFolding, bits: number): number {
  const activation = 'activation' in unit.layer && unit.layer.activation.kind === 'requantize' ? 300 : 30;
  return 80 + pe * (unit.isWeighted ? 3 * simd * bits + 20 + activation : 6 * bits + activation);
}

/** Throws CompileError `compile.budget-exceeded` that says what is needed, what there is, and what fits. */
export function refuseBudget(
  what: string,
  need: number,
  have: number,
  where: string,
  hint: string,
  options?: readonly string[],
): never {
  const message = `The circuit needs ${need} ${what}, ${where} has ${have}. ${hint}`;
  throw new CompileError('budget-exceeded', message, { need, have, target: where, options });
}
