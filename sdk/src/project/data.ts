/** The data of a project. A kind of data has a member in `dataSchema`, a type in `config.ts`, and a case in each function here. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { DataError } from '@adiabit/simulator/errors';
import { exists } from '../files.js';
import type { LoadOptions } from '../train/datasets/class-folders.js';
import type { Dataset } from '../train/datasets/dataset.js';
import { matchingFiles } from '../train/datasets/sensors/matching-files.js';
import { sensorSourceSchema } from '../train/datasets/sensors/source.js';
import { colourPictures, handwrittenDigits, type Task } from '../train/datasets/task.js';
import type { DataConfig, FolderData } from './config.js';

const count = z.int().min(1);

const mnistSchema = z.strictObject({ format: z.literal('mnist') });

const folderSchema = z
  .strictObject({
    format: z.literal('folder'),
    path: z.string().min(1),
    pictures: z
      .union(
        [z.tuple([count, count]), z.tuple([count, count, z.literal(3)])],
        'give [height, width], or [height, width, 3]',
      )
      .optional(),
    sounds: z.strictObject({ samples: count, sampleRateHz: count }).optional(),
    validationCount: count.optional(),
    testCount: count.optional(),
    splitSeed: z.int().optional(),
  })
  .refine(({ pictures, sounds }) => (pictures === undefined) !== (sounds === undefined), 'give pictures or sounds');

export const dataSchema = z.discriminatedUnion('format', [mnistSchema, folderSchema, sensorSourceSchema]);

/** What an example is, as far as the config says it. */
export interface ExampleForm {
  readonly kind?: Task['kind'];
  readonly shape: readonly number[];
}

/** Returns what the examples are if the config says so; undefined if only the files do. */
export function exampleFormOf(data: DataConfig): ExampleForm | undefined {
  switch (data.format) {
    case 'mnist':
      return handwrittenDigits;
    case 'folder':
      return taskOf(data, '');
    case 'csv':
    case 'npy':
    case 'json-lines':
      return undefined;
  }
}

/** Tells whether data are there to be loaded. */
export async function isDataThere(data: DataConfig, folder: string): Promise<boolean> {
  switch (data.format) {
    case 'mnist':
      return (await import('../train/datasets/mnist.js')).hasMnist();
    case 'folder':
      return exists(resolve(folder, data.path));
    case 'csv':
    case 'npy':
    case 'json-lines':
      return haveFiles(data.files, folder);
  }
}

/**
 * Loads the data of a project.
 * @param folder the folder of the config
 * @throws DataError as `loadMnist` and `loadFolder` do; FormatError for a damaged file; CancelledError
 */
export async function loadProjectData(
  data: DataConfig,
  { name, folder }: { readonly name: string; readonly folder: string },
  { signal, onProgress }: Pick<LoadOptions, 'signal' | 'onProgress'> = {},
): Promise<Dataset> {
  switch (data.format) {
    case 'mnist':
      return (await import('../train/datasets/mnist.js')).loadMnist();
    case 'folder': {
      const { loadFolder } = await import('../train/datasets/folder.js');
      const { validationCount, testCount, splitSeed } = data;
      return loadFolder(resolve(folder, data.path), taskOf(data, name), {
        ...(validationCount === undefined ? {} : { validationCount }),
        ...(testCount === undefined ? {} : { testCount }),
        ...(splitSeed === undefined ? {} : { splitSeed }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    }
    case 'csv':
    case 'npy':
    case 'json-lines': {
      const { loadSensorData } = await import('../train/datasets/sensors/load.js');
      return loadSensorData(
        { ...data, name: data.name ?? name },
        {
          baseFolder: folder,
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onProgress }),
        },
      );
    }
  }
}

/** Tells whether every pattern names files. */
async function haveFiles(patterns: string | readonly string[], folder: string): Promise<boolean> {
  try {
    await matchingFiles(patterns, folder);
    return true;
  } catch (error) {
    if (error instanceof DataError && error.code === 'data.not-found') return false;
    throw error;
  }
}

function taskOf({ pictures, sounds }: FolderData, name: string): Task {
  if (sounds !== undefined) {
    const { samples, sampleRateHz } = sounds;
    return { kind: 'sound', name, shape: [samples], sampleRateHz, classNames: [] };
  }
  const shape = pictures ?? handwrittenDigits.shape;
  // The binary files of CIFAR-10 have numbers alone.
  const classNames = shape.join() === colourPictures.shape.join() ? colourPictures.classNames : [];
  return { kind: 'picture', name, shape, classNames };
}
