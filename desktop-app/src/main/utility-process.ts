import { utilityProcess } from 'electron';
import { serviceFile, type StartProcess } from '../host/service-process.js';

const CLOSING_MS = 4000;

/** Starts a service in a utility process of Electron: one with Node and without a window. */
export const forkUtility: StartProcess = (service, start) => {
  const child = utilityProcess.fork(serviceFile(service), [JSON.stringify(start)], {
    serviceName: `Adiabit ${service}`,
  });
  let hasEnded = false;
  const gone = new Promise<string>((resolve) => {
    child.once('exit', (status) => {
      hasEnded = true;
      resolve(`status ${status}`);
    });
  });
  return {
    // A message to a process that has just ended is answered by its exit.
    post: (message) => {
      if (!hasEnded) child.postMessage(message);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void gone.then(listener),
    close: async () => {
      if (!hasEnded) child.postMessage({ kind: 'close' });
      const timer = setTimeout(() => child.kill(), CLOSING_MS);
      await gone;
      clearTimeout(timer);
    },
    get pid() {
      return child.pid;
    },
  };
};
