/** A worker that polishes with others, on its share of the images. */
import { serve, type WorkerProtocol } from '@adiabit/simulator/workers';
import type { Examples } from '../train/datasets/dataset.js';
import type { PolishNetwork } from './network.js';
import { createReduce } from './reduce.js';
import { createState, refreshAll, summedLoss } from './state.js';
import { makeVisit, type Visit, type VisitSettings } from './visit.js';

/** What a worker starts with. Values lie in shared memory, so that no worker has a copy of them all. */
interface VisitStart extends VisitSettings {
  readonly worker: number;
  readonly workers: number;
  readonly meeting: SharedArrayBuffer;
  readonly network: PolishNetwork;
  readonly parts: readonly Examples[];
  readonly totalImages: number;
  readonly temperature: number;
}

export type VisitRequest =
  { readonly kind: 'visit'; readonly visit: Visit } | { readonly kind: 'loss' } | { readonly kind: 'network' };

export interface VisitReply {
  readonly kept: number;
  readonly loss: number;
  readonly network?: PolishNetwork;
}

export interface VisitProtocol extends WorkerProtocol {
  readonly start: VisitStart;
  readonly request: VisitRequest;
  readonly reply: VisitReply;
  readonly note: never;
}

/** Between two meetings of the workers: a quarter of a millisecond of scanning. */
const CANDIDATES_AT_ONCE = 32;

serve<VisitProtocol>((start) => {
  const { worker, workers, meeting, totalImages } = start;
  const reduce = createReduce(meeting, worker, workers);
  const state = createState(start.network, start.parts, { totalImages, reduce, candidatesAtOnce: CANDIDATES_AT_ONCE });
  state.temperature = start.temperature;
  refreshAll(state);

  return (request) => {
    switch (request.kind) {
      case 'visit':
        return makeVisit(state, start, request.visit);
      case 'loss':
        return { kept: 0, loss: summedLoss(state) };
      case 'network':
        return { kept: 0, loss: 0, network: state.network };
    }
  };
});
