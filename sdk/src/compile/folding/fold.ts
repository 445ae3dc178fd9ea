import {
  afterNextRound,
  elaborateFoldedInSteps,
  finish,
  within,
  type FoldedCircuit,
  type Folding,
  type Steps,
} from '@adiabit/simulator/circuit';
import { validateNetlist } from '@adiabit/simulator/netlist';
import type { Network } from '@adiabit/simulator/network';
import { estimateInSteps, type Estimate } from '../estimate.js';
import { checkFits, type Room } from '../fits.js';
import { specialiseInSteps, type PassReport } from '../passes/index.js';
import { TARGETS, type TargetName } from '../targets.js';
import { chooseFolding, refuseBudget } from './choose-folding.js';

/** What a folded circuit shall keep to. */
export interface FoldingGoals {
  /** Default: `lut4`, which is any chip. */
  readonly target?: TargetName;
  /** Look-up tables; default: those of the target, 20,000 where it has no end. */
  readonly maxLuts?: number;
  /** Cycles from the start of an inference to its outputs; default: as few as fit. */
  readonly maxCyclesPerInference?: number;
  /** PE and SIMD by layer, instead of a choice. */
  readonly folding?: Folding;
}

export interface FoldedCompilation {
  readonly circuit: FoldedCircuit;
  readonly passes: readonly PassReport[];
  readonly estimate: Estimate;
}

const LUTS_WITHOUT_END = 20_000;
/** How often a choice that turned out too large or too small is made again. */
const TRIES = 6;
/** A part of the tables with which the choice is content. */
const WELL_USED = 0.85;

/**
 * Returns the folded circuit of a network for a chip: the folding is chosen by a rough measure, built, and measured;
 * one that turns out too large, or leaves much room, is chosen again within another limit.
 * @throws CompileError `compile.budget-exceeded` with need, have, and the nearest folding that fits.
 */
export const fold = (name: string, network: Network, goals?: FoldingGoals): FoldedCompilation =>
  finish(foldInSteps(name, network, goals));

/** Does what `fold` does, in steps. */
export function* foldInSteps(name: string, network: Network, goals: FoldingGoals = {}): Steps<FoldedCompilation> {
  const target = TARGETS[goals.target ?? 'lut4'];
  const have = Math.min(goals.maxLuts ?? Infinity, target.luts);
  const luts = have === Infinity ? LUTS_WITHOUT_END : have;
  const cycles = goals.maxCyclesPerInference;
  const where = goals.maxLuts === undefined || goals.maxLuts >= target.luts ? target.title : 'the limit';
  if (goals.folding !== undefined) {
    const built = yield* build(name, network, goals.folding, target.lutInputs);
    return checked(built, { luts: have, registers: target.registers, memoryBits: target.memoryBits }, where, cycles);
  }
  const use = ({ estimate: size }: FoldedCompilation): number =>
    Math.max(size.luts / luts, size.registers / target.registers);
  let best: FoldedCompilation | undefined;
  let [fitting, tooLarge] = [0, Infinity];
  let done = 0;
  for (let tries = 0, limit = luts; tries < TRIES; tries++, done = afterNextRound(done)) {
    const steps = build(name, network, foldingWithin(network, limit, cycles), target.lutInputs);
    const built = yield* within(done, afterNextRound(done), steps);
    const used = use(built);
    const { latency } = built.circuit.timing;
    if (used <= 1) {
      fitting = limit;
      if (best === undefined || latency < best.circuit.timing.latency) best = built;
      if (used > WELL_USED || latency <= (cycles ?? 0)) break;
    } else {
      tooLarge = limit;
    }
    const guess = (limit * WELL_USED) / used;
    limit = guess > fitting && guess < tooLarge ? guess : (fitting + tooLarge) / 2;
  }
  best ??= yield* within(done, 1, build(name, network, foldingWithin(network, 0, cycles), target.lutInputs));
  // Without a limit nothing is too large: boards run the network all the same.
  return checked(best, { luts: have, registers: target.registers, memoryBits: target.memoryBits }, where, cycles);
}

/**
 * Chooses a folding within limits. Pipelines take some cycles to drain, a small part of the whole; the goal leaves a
 * fifth for them.
 */
const foldingWithin = (network: Network, luts: number, cycles: number | undefined): Folding =>
  chooseFolding(network, cycles === undefined ? { luts } : { luts, cycles: 0.8 * cycles });

function* build(name: string, network: Network, folding: Folding, lutInputs: 4 | 6): Steps<FoldedCompilation> {
  const elaborated = yield* within(0, 0.1, elaborateFoldedInSteps(name, network, folding));
  const { circuit, passes } = yield* within(0.1, 0.3, specialiseInSteps(elaborated));
  validateNetlist(circuit.netlist);
  return { circuit, passes, estimate: yield* within(0.3, 1, estimateInSteps(circuit.netlist, lutInputs)) };
}

function checked(built: FoldedCompilation, have: Room, where: string, cycles = Infinity): FoldedCompilation {
  const { circuit } = built;
  const fits = `This folding is ${describeFolding(circuit.folding)} and takes ${circuit.timing.latency} cycles.`;
  checkFits(built.estimate, have, where, {
    memory: 'Weights and values of a network of this size need a larger chip.',
    logic: `No folding is smaller. ${fits}`,
  });
  if (circuit.timing.latency > cycles) {
    const hint = `The nearest folding that fits: ${describeFolding(circuit.folding)}.`;
    refuseBudget('cycles', circuit.timing.latency, cycles, 'the goal', hint);
  }
  return built;
}

/** Writes text such as "PE x SIMD by layer: 4 x 8, 2 x 2". */
export const describeFolding = ({ layers }: Folding): string =>
  `PE x SIMD by layer: ${layers.map(({ pe, simd }) => `${pe} x ${simd}`).join(', ')}`;
