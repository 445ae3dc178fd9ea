import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removeFile, writeWhole } from '../../files.js';

export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const SUFFIX = '.retained';

/** Retained messages in a folder, a file each: the topic in a line, then the payload. */
export class RetainedFolder {
  /** Those that were there when it was opened. */
  readonly messages: readonly RetainedMessage[];
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, messages: readonly RetainedMessage[]) {
    this.#path = path;
    this.messages = messages;
  }

  /** @throws FileError when the folder cannot be made */
  static async open(path: string): Promise<RetainedFolder> {
    await makeFolder(path);
    const names = (await readdir(path)).filter((name) => name.endsWith(SUFFIX));
    return new RetainedFolder(path, (await Promise.all(names.map((name) => readMessage(join(path, name))))).flat());
  }

  /** Keeps a message in place of the one before; an empty one takes that away. Writes go one after the other. */
  keep(topic: string, payload: Uint8Array): Promise<void> {
    const file = join(this.#path, `${createHash('sha256').update(topic).digest('hex')}${SUFFIX}`);
    const content = Buffer.concat([Buffer.from(`${topic}\n`), payload]);
    const write = async (): Promise<void> => {
      if (payload.length === 0) await removeFile(file);
      else await writeWhole(file, content);
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  /** Waits until all is written. @throws FileError of the last write */
  close(): Promise<void> {
    return this.#writing;
  }
}

async function readMessage(path: string): Promise<readonly RetainedMessage[]> {
  const bytes = await readFile(path);
  const end = bytes.indexOf('\n');
  return end < 1 ? [] : [{ topic: bytes.subarray(0, end).toString(), payload: bytes.subarray(end + 1) }];
}
