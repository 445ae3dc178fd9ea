import type { Description } from '@adiabit/simulator/bitstream';
import { modelDigest } from '../model/model-file.js';
import type { BinarizedModel } from '../model/model.js';
import { VERSION } from '../version.js';

/** Written into every bitstream, so that a file says what made it. */
export const COMPILER = `adiabit ${VERSION}`;

/** Returns what a bitstream says of the model that it was compiled from. */
export function descriptionOf(model: BinarizedModel): Description {
  const { name, trainedOn } = model;
  return {
    name,
    modelDigest: modelDigest(model),
    compiler: COMPILER,
    ...(trainedOn === undefined ? {} : { trainedOn }),
  };
}
