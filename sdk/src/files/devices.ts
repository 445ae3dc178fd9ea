/** Writing where nothing can be replaced: device nodes, fifos, and files that this process was started with. */
import { write } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from './reasons.js';

/** Writes chunks into a device node or a fifo. @returns the number of bytes written */
export async function writeToDevice(path: string, chunks: Iterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'w');
  try {
    let length = 0;
    for (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray((await file.write(rest)).bytesWritten);
      length += chunk.length;
    }
    return length;
  } finally {
    await file.close();
  }
}

const STREAMS: Readonly<Record<number, NodeJS.WriteStream>> = { 1: process.stdout, 2: process.stderr };

/**
 * Writes to a file that is open already. Standard output keeps its order with what else is said there.
 * @returns the number of bytes written
 */
export async function writeToOpenFile(descriptor: number, chunks: Iterable<Uint8Array>): Promise<number> {
  const stream = STREAMS[descriptor] as NodeJS.WriteStream | undefined;
  let length = 0;
  for (const chunk of chunks) {
    if (stream === undefined) {
      for (let rest = chunk; rest.length > 0;)
        rest = rest.subarray((await promisify(write)(descriptor, rest)).bytesWritten);
    } else await send(stream, chunk);
    length += chunk.length;
  }
  return length;
}

/** Sends the bytes. A reader that has seen enough (a pipe into head) is no failure. */
const send = (stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error && errorCode(error) !== 'EPIPE') reject(error);
      else resolve();
    });
  });
