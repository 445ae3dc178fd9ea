import { readBytes } from '../files.js';
import type { ImportedModel, ImportOnnxOptions } from '../interchange/index.js';
import { withPackages } from '../packages/features.js';
import { readerBeside } from './files-beside.js';
import { throwIfCancelled, type Following } from './observer.js';

export interface ImportToFileOptions extends Following, Omit<ImportOnnxOptions, 'readExternal' | 'source'> {
  /** An .onnx file, or the .h5 file of a Keras model. */
  readonly file: string;
  /** The .model.json file to write. */
  readonly output: string;
}

export type ImportedFile = ImportedModel;

/**
 * Reads a network that was trained elsewhere, and writes it as a model. Weights that ONNX keeps in a file of their own
 * are read from the folder of the file.
 * @throws as `importOnnx`, `importKeras` and `saveModel` do; CancelledError
 */
export async function importToFile({ file, output, signal, ...options }: ImportToFileOptions): Promise<ImportedFile> {
  const bytes = await readBytes(file);
  const { importKeras, importOnnx } = await withPackages('interchange', () => import('../interchange/index.js'));
  const { saveModel } = await import('../model/model-file.js');
  throwIfCancelled(signal);
  const told = { ...options, source: file };
  const imported = isHdf5(bytes)
    ? importKeras(bytes, told)
    : importOnnx(bytes, { ...told, readExternal: readerBeside(file) });
  throwIfCancelled(signal);
  await saveModel(output, imported.model);
  return imported;
}

const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46] as const;

const isHdf5 = (bytes: Uint8Array): boolean => HDF5_SIGNATURE.every((byte, at) => bytes[at] === byte);
