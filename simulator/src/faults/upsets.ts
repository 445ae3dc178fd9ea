import { createBitMatrix, type BitMatrix } from '../bits/bit-matrix.js';
import { DataError } from '../errors.js';
import { CompiledEngine } from '../engines/compiled.js';
import { vectorsForInputs } from '../engines/lanes.js';
import type { Machine } from '../circuit/circuit.js';
import { Random } from '../random.js';
import { runInLanes, type Hit, type LaneCampaign } from './lane-upsets.js';
import { counted, NO_OUTCOME, runPass, type Outcome } from './pass.js';
import { experimentsOf, streamOf, type Experiment, type FaultPlan, type FaultTrial } from './plan.js';
import { constantBit, drawDistinct, drivenNets, faultSites, registersOf } from './sites.js';
import { withStuckNets } from './stuck-at.js';

/**
 * Measures how accuracy falls with the number of faults. All bits, registers or nets are equally likely to be hit. No
 * bit of the configuration and no net is hit twice in a trial.
 * @throws DataError `data.bad-value` if a number of faults is negative, or larger than the number of places
 */
export async function tryUpsets(
  circuit: Machine,
  inputs: readonly Uint8Array[],
  labels: ArrayLike<number>,
  plan: FaultPlan,
): Promise<readonly FaultTrial[]> {
  checkFlips(circuit, plan);
  const experiments = experimentsOf(plan);
  const outcomes = await runAll({ circuit, inputs, labels, experiments, plan });
  return plan.flips.flatMap((flips) =>
    Array.from({ length: plan.trials }, (_, trial): FaultTrial => {
      const at = experiments.findIndex((one) => one.flips === flips && (flips === 0 || one.trial === trial));
      const { correct, unanswered } = outcomes[at];
      return { flips, trial, accuracy: correct / inputs.length, unanswered: unanswered / inputs.length };
    }),
  );
}

function checkFlips(circuit: Machine, { kind = 'configuration', flips }: FaultPlan): void {
  const sites = faultSites(circuit, kind);
  const most = kind === 'registers' && sites > 0 ? Infinity : sites;
  const wrong = flips.find((count) => !Number.isInteger(count) || count < 0 || count > most);
  if (wrong === undefined) return;
  const places = { configuration: 'configuration bits', registers: 'registers', stuck: 'nets' };
  const message = `${wrong} faults do not fit: the circuit has ${sites} ${places[kind]}. Ask for fewer.`;
  throw new DataError('bad-value', message, { bits: sites });
}

interface Campaign extends LaneCampaign {
  readonly plan: FaultPlan;
}

function runAll(campaign: Campaign): Promise<readonly Outcome[]> {
  switch (campaign.plan.kind ?? 'configuration') {
    case 'configuration':
      return campaign.circuit.configuration.columns > 0 ? flipCells(campaign) : flipConstants(campaign);
    case 'registers':
      return flipRegisters(campaign);
    case 'stuck':
      return stickNets(campaign);
  }
}

/** Flips configuration cells, which all vectors of a pass share. */
function flipCells(campaign: Campaign): Promise<readonly Outcome[]> {
  const { circuit } = campaign;
  const engine = new CompiledEngine(circuit.netlist, vectorsForInputs(campaign.inputs.length, circuit.timing));
  return oneByOne(campaign, ({ flips }, random) => ({
    engine,
    circuit: { ...circuit, configuration: withFlips(circuit.configuration, flips, random) },
  }));
}

/** Flips weights and constants of a folded circuit, which are in memories. */
function flipConstants(campaign: Campaign): Promise<readonly Outcome[]> {
  const { circuit, plan } = campaign;
  const sites = faultSites(circuit, 'configuration');
  const drawn = new Map<Experiment, readonly Hit[]>();
  for (const one of campaign.experiments) {
    const positions = drawDistinct(one.flips, sites, Random.fromSeed(plan.seed, streamOf(one)));
    const bits = [...positions].map((position) => constantBit(circuit.netlist, position));
    drawn.set(
      one,
      bits.map((bit) => ({ cycle: 0, bit })),
    );
  }
  return runInLanes(campaign, (one) => drawn.get(one) ?? [], plan);
}

function flipRegisters(campaign: Campaign): Promise<readonly Outcome[]> {
  const { circuit, plan } = campaign;
  const registers = registersOf(circuit.netlist);
  const hits = (one: Experiment, input: number): readonly Hit[] => {
    const random = Random.fromSeed(plan.seed, `${streamOf(one)}, input ${input}`);
    const below = (limit: number): number => Math.floor(random.uniform(0, limit));
    return Array.from({ length: one.flips }, () => ({
      cycle: below(circuit.timing.latency),
      bit: { register: registers[below(registers.length)] },
    }));
  };
  return runInLanes(campaign, hits, plan);
}

function stickNets(campaign: Campaign): Promise<readonly Outcome[]> {
  const { circuit, inputs } = campaign;
  const nets = drivenNets(circuit.netlist);
  return oneByOne(campaign, ({ flips }, random) => {
    const chosen = [...drawDistinct(flips, nets.length, random)];
    const stuck = new Map(chosen.map((at) => [nets[at], random.below(2) === 1 ? 1 : 0] as const));
    const netlist = withStuckNets(circuit.netlist, stuck);
    return {
      engine: new CompiledEngine(netlist, vectorsForInputs(inputs.length, circuit.timing)),
      circuit: { ...circuit, netlist },
    };
  });
}

interface Faulty {
  readonly engine: CompiledEngine;
  readonly circuit: Machine;
}

/** Runs experiments in which all vectors have the same faults, one after the other. */
async function oneByOne(
  { inputs, labels, experiments, plan }: Campaign,
  faultyCircuit: (experiment: Experiment, random: Random) => Faulty,
): Promise<readonly Outcome[]> {
  const { seed, onProgress, signal } = plan;
  const outcomes: Outcome[] = [];
  for (const experiment of experiments) {
    const { engine, circuit } = faultyCircuit(experiment, Random.fromSeed(seed, streamOf(experiment)));
    let outcome = NO_OUTCOME;
    for (let from = 0; from < inputs.length; from += engine.lanes) {
      const vectors = inputs.slice(from, from + engine.lanes);
      const pass = await runPass(circuit, engine, vectors, signal === undefined ? {} : { signal });
      vectors.forEach((_, lane) => (outcome = counted(outcome, pass, lane, labels[from + lane])));
    }
    outcomes.push(outcome);
    onProgress?.(outcomes.length, experiments.length);
  }
  return outcomes;
}

/** Copies a configuration with `count` different bits flipped. */
export function withFlips(configuration: BitMatrix, count: number, random: Random): BitMatrix {
  const flipped = createBitMatrix(1, configuration.columns);
  flipped.words.set(configuration.words);
  for (const bit of drawDistinct(count, configuration.columns, random)) flipped.words[bit >>> 5] ^= 1 << (bit & 31);
  return flipped;
}
