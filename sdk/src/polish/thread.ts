/** A thread that polishes with others, on its share of the images: see crew.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { candidatesAtOnce, type ThreadReply, type ThreadRequest, type ThreadStart } from './crew.js';
import { createReduce } from './reduce.js';
import { createState, refreshAll, summedLoss } from './state.js';
import { makeVisit } from './visit.js';

const start = workerData as ThreadStart;
const { thread, threads, meeting, totalImages } = start;
const reduce = createReduce(meeting, thread, threads);
const state = createState(start.network, start.parts, { totalImages, reduce, candidatesAtOnce });
state.temperature = start.temperature;
refreshAll(state);

function answer(request: ThreadRequest): ThreadReply {
  switch (request.kind) {
    case 'visit':
      return makeVisit(state, start, request.visit);
    case 'loss':
      return { kept: 0, loss: summedLoss(state) };
    case 'network':
      return { kept: 0, loss: 0, network: state.network };
  }
}

parentPort?.on('message', (request: ThreadRequest) => parentPort?.postMessage(answer(request)));
