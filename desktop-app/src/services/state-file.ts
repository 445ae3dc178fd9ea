import { readText, exists, makeFolder, writeWhole } from '@adiabit/sdk/files';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** A value that is kept in a JSON file. What cannot be read is as if it had never been there: it is the app's own. */
export class StateFile<Schema extends z.ZodType> {
  readonly #path: string;
  readonly #schema: Schema;
  #value: z.output<Schema>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, schema: Schema, value: z.output<Schema>) {
    this.#path = path;
    this.#schema = schema;
    this.#value = value;
  }

  static async open<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    initial: z.output<Schema>,
  ): Promise<StateFile<Schema>> {
    await makeFolder(dirname(path));
    const read = (await exists(path)) ? schema.safeParse(parsed(await readText(path))) : undefined;
    return new StateFile(path, schema, read?.success === true ? read.data : initial);
  }

  get value(): z.output<Schema> {
    return this.#value;
  }

  /** Keeps a new value; resolves when the file has it. @throws FileError as `writeWhole` does */
  set(value: z.output<Schema>): Promise<void> {
    this.#value = value;
    const text = `${JSON.stringify(this.#schema.parse(value), null, 2)}\n`;
    const written = this.#writing.then(() => writeWhole(this.#path, text));
    this.#writing = written.catch(() => undefined);
    return written.then(() => undefined);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
