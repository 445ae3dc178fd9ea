import {
  CompileError,
  foldingChoices,
  isBinary,
  unitsOf,
  workCycles,
  type Folding,
  type LayerFolding,
  type OperatorNetwork,
  type Unit,
} from '@adiabit/simulator';

/** How large a circuit may become, and how long an inference may take. */
export interface FoldingLimits {
  /** In the rough measure of `roughLuts`. */
  readonly luts: number;
  /** Cycles from the start of an inference to its outputs; absent: as few as fit. */
  readonly cycles?: number;
}

/**
 * Unrolls layer by layer, from one product a cycle on: always the step that saves most cycles for a table, until the goal
 * is reached or nothing more fits.
 */
export function chooseFolding(network: OperatorNetwork, { luts, cycles = 0 }: FoldingLimits): Folding {
  const units = unitsOf(network);
  const choices = foldingChoices(network);
  const layers: LayerFolding[] = units.map(() => ({ pe: 1, simd: 1 }));
  const bits = units.map((unit) => valueBits(network, unit));
  const work = (): number => units.reduce((sum, unit, index) => sum + workCycles(unit, layers[index]), 0);
  let used = units.reduce((sum, unit, index) => sum + roughLuts(unit, layers[index], bits[index]), 0);
  while (work() > cycles) {
    let best: { index: number; next: LayerFolding; cost: number; gain: number } | undefined;
    units.forEach((unit, index) => {
      for (const next of stepsFrom(layers[index], choices.layers[index], unit.isWeighted)) {
        const cost = roughLuts(unit, next, bits[index]) - roughLuts(unit, layers[index], bits[index]);
        const gain = (workCycles(unit, layers[index]) - workCycles(unit, next)) / Math.max(cost, 1);
        const fits = used + cost <= luts && wordsAgree(units, layers, index, next);
        if (fits && gain > 0 && (best === undefined || gain > best.gain)) best = { index, next, cost, gain };
      }
    });
    if (best === undefined) break;
    layers[best.index] = best.next;
    used += best.cost;
  }
  return { inputValues: entryFor(choices.inputValues, units, layers), layers };
}

function* stepsFrom(
  { pe, simd }: LayerFolding,
  choices: { readonly pe: readonly number[]; readonly simd: readonly number[] },
  isWeighted: boolean,
): Generator<LayerFolding> {
  for (const larger of choices.pe.filter((value) => value > pe)) yield { pe: larger, simd: isWeighted ? simd : larger };
  if (isWeighted) for (const larger of choices.simd.filter((value) => value > simd)) yield { pe, simd: larger };
}

/** Whether writers and readers of a feature map take its words in parts of each other. */
function wordsAgree(
  units: readonly Unit[],
  layers: readonly LayerFolding[],
  changed: number,
  next: LayerFolding,
): boolean {
  const at = (index: number): LayerFolding => (index === changed ? next : layers[index]);
  return units.every(({ index, sources }) =>
    sources.every((source) => source < 0 || divides(at(source).pe, at(index).simd)),
  );
}

const divides = (one: number, other: number): boolean => one % other === 0 || other % one === 0;

/** The most values a cycle, up to 16, that agree with the first layers. */
function entryFor(allowed: readonly number[], units: readonly Unit[], layers: readonly LayerFolding[]): number {
  const readers = units.filter(({ sources }) => sources.includes(-1)).map(({ index }) => layers[index].simd);
  const fitting = allowed.filter((value) => value <= 16 && readers.every((simd) => divides(simd, value)));
  return fitting.at(-1) ?? 1;
}

/** Bits of a product's addends: of the value, times those of an integer weight. */
function valueBits(network: OperatorNetwork, { operator, sources }: Unit): number {
  const from = sources[0] < 0 ? undefined : network.layers[sources[0]];
  const isBit = from !== undefined && 'activation' in from && from.activation.kind === 'threshold';
  const bits = isBit ? 1 : from === undefined ? network.input.bits : 8;
  return 'weights' in operator && !isBinary(operator.weights) ? 8 * bits : bits;
}

/** Tables for the sake of comparing steps: three for a bit that is added, and what a layer and an element take besides. */
export function roughLuts(unit: Unit, { pe, simd }: LayerFolding, bits: number): number {
  const activation = 'activation' in unit.operator && unit.operator.activation.kind === 'requantize' ? 300 : 30;
  return 80 + pe * (unit.isWeighted ? 3 * simd * bits + 20 + activation : 6 * bits + activation);
}

/** @throws CompileError `compile.budget-exceeded` that says what is needed, what there is, and what fits. */
export function refuseBudget(what: string, need: number, have: number, where: string, hint: string): never {
  const message = `The circuit needs ${need} ${what}, ${where} has ${have}. ${hint}`;
  throw new CompileError('budget-exceeded', message, { need, have, target: where });
}
