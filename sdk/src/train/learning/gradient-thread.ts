/** A thread that computes gradients for a training in another: see gradient-crew.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBackend } from '../backends/backend.js';
import { resolveLayers } from '../network/network.js';
import { computeAll, type ThreadReply, type ThreadRequest, type ThreadStart } from './gradient-crew.js';

const { backend: name, network, parameters } = workerData as ThreadStart;
const layers = resolveLayers(network);
const backend = await openBackend({ name });

async function answer({ shards, sharpness }: ThreadRequest): Promise<void> {
  const reply: ThreadReply = await computeAll(backend, layers, parameters, shards, sharpness);
  parentPort?.postMessage(reply);
}

parentPort?.on('message', (request: ThreadRequest) => void answer(request));
