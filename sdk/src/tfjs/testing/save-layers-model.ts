import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs';
import type { Tensorflow } from '../whole-library.js';

/** Saves a model as `model.save('file://FOLDER')` of @tensorflow/tfjs-node does. @returns the path of its model.json */
export async function saveLayersModel({ io }: Tensorflow, model: LayersModel, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'model.json');
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(file, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
      await writeFile(join(folder, 'weights.bin'), new Uint8Array(io.CompositeArrayBuffer.join(weightData)));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return file;
}
