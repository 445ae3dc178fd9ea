/** Makes of a forked process of Node what a utility process of Electron is, before its module runs. */
import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';

const send = process.send.bind(process);
const port = new EventEmitter();
port.postMessage = (message) => send(structuredClone(message), undefined, undefined, () => undefined);
process.parentPort = port;
process.send = undefined;

// Messages wait for the first listener.
port.once('newListener', () =>
  queueMicrotask(() => process.on('message', (data) => port.emit('message', { data, ports: [] }))),
);
// Electron ends it when the main process is gone.
process.on('disconnect', () => process.exit(0));

// The fuse RunAsNode is off: the executable is the app, and no Node that a script could be given to.
childProcess.fork = () => {
  throw new Error('child_process.fork would start the app anew: the fuse RunAsNode is off');
};
syncBuiltinESMExports();
