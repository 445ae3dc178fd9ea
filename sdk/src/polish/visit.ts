import { Random } from '../random.js';
import { createReferenceScan } from './scan.js';
import { summedLoss, type PolishState } from './state.js';
import { visitHidden } from './visit-hidden.js';
import { visitOutput } from './visit-output.js';

/** A visit: its neuron, and the random numbers for it. */
export interface Visit {
  readonly layer: 'hidden' | 'output';
  readonly neuron: number;
  /** The stream of random numbers, of its own for every visit. */
  readonly stream: string;
}

export interface VisitSettings {
  readonly seed: number;
  /** The least gain of a change, in nats. */
  readonly margin: number;
  readonly scan: 'kernel' | 'reference';
}

export interface VisitOutcome {
  /** Changes kept. */
  readonly kept: number;
  /** The cross-entropy over the thread's images, summed, in steps: see `LOSS_STEPS`. */
  readonly loss: number;
}

/** Visits one neuron. Threads that polish together must make the same visits. */
export function makeVisit(state: PolishState, settings: VisitSettings, { layer, neuron, stream }: Visit): VisitOutcome {
  const random = Random.fromSeed(settings.seed, stream);
  const scan = settings.scan === 'reference' ? createReferenceScan(state.memory) : state.scan;
  const kept =
    layer === 'hidden'
      ? visitHidden(state, scan, neuron, settings.margin, random)
      : visitOutput(state, neuron, settings.margin, random);
  return { kept, loss: summedLoss(state) };
}
