import type { EventEmitter } from 'node:events';

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

/** The next message of a thread or process that is about to be sent a request, or what ends it. One at a time. */
export function nextReply<Reply>(peer: EventEmitter): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      peer.off('message', onMessage);
      peer.off('error', onError);
      peer.off('exit', onExit);
    };
    const onMessage = (reply: Reply): void => {
      done();
      resolve(reply);
    };
    const onError = (error: Error): void => {
      done();
      reject(error);
    };
    const onExit = (code: number | null): void => {
      onError(new Error(`It ended before its answer (exit code ${String(code)}).`));
    };
    peer.on('message', onMessage);
    peer.on('error', onError);
    peer.on('exit', onExit);
  });
}
