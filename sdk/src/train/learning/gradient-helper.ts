/** Computes gradients for a training in another thread or process: see gradient-helpers.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBackend } from '../backends/backend.js';
import { resolveLayers } from '../network/network.js';
import type { HelperReply, HelperRequest, HelperStart } from './gradient-helpers.js';
import { computeAll } from './step.js';
import { openTeacher } from './teacher.js';

type Answer = (request: HelperRequest) => Promise<HelperReply>;

function answerFrom(start: HelperStart): Answer {
  const opened = open(start);
  return async (request) => {
    try {
      return await (
        await opened
      )(request);
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
}

async function open({ backend: name, network, lesson }: HelperStart): Promise<Answer> {
  const backend = await openBackend({ name });
  const layers = resolveLayers(network);
  const teacher = lesson && openTeacher(backend, network, lesson);
  return async ({ parameters, shards, sharpness }) => ({
    results: await computeAll(backend, layers, parameters, shards, sharpness, teacher),
  });
}

if (parentPort !== null) {
  const port = parentPort;
  const answer = answerFrom(workerData as HelperStart);
  port.on('message', (request: HelperRequest) => void answer(request).then((reply) => port.postMessage(reply)));
} else {
  // Ctrl-C reaches every process of a terminal; the training decides when its helpers end.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit());
  process.once('message', (start: HelperStart) => {
    const answer = answerFrom(start);
    process.on('message', (request: HelperRequest) => void answer(request).then((reply) => process.send?.(reply)));
  });
}
