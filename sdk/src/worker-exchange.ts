import type { Worker } from 'node:worker_threads';

/**
 * Where a thread's file is. Threads take compiled files only: from the sources, as tests run them, the one that the build
 * made.
 *
 * @param from `import.meta.url` of the file beside which the thread's lies
 * @param name of the compiled file, as in `thread.js`
 */
export function threadFile(from: string, name: string): URL {
  const beside = from.endsWith('.ts') ? from.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : from;
  return new URL(name, beside);
}

/** Sends a worker one request and waits for its answer, or for the error that ends it. One at a time. */
export function exchange<Reply>(worker: Worker, request: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    const onMessage = (reply: Reply): void => {
      done();
      resolve(reply);
    };
    const onError = (error: Error): void => {
      done();
      reject(error);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(request);
  });
}
