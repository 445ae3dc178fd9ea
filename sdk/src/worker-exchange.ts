import type { Worker } from 'node:worker_threads';

/**
 * Where a thread's file is. Threads take compiled files only: from the sources, as tests run them, the one that the build
 * made.
 *
 * @param from `import.meta.url` of the file beside which the thread's lies
 * @param compiled its path below the folder of compiled files, as in `polish/thread.js`
 */
export function threadFile(from: string, compiled: string): URL {
  const name = compiled.replace(/^.*\//, '');
  return new URL(from.endsWith('.ts') ? `../../dist/${compiled}` : `./${name}`, from);
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
