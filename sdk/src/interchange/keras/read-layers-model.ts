import { FormatError } from '@adiabit/simulator/errors';
import { z } from 'zod';
import type { ReadExternal } from '../onnx/read/constant.js';
import type { KerasLayer, KerasModel } from './read-h5.js';

const layerSchema = z.object({ class_name: z.string(), config: z.looseObject({ name: z.string() }) });

const modelSchema = z.object({
  class_name: z.string(),
  config: z.object({ name: z.string().optional(), layers: z.array(layerSchema) }),
});

const groupSchema = z.object({
  paths: z.array(z.string()),
  weights: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int().min(0)),
      dtype: z.string(),
      quantization: z.unknown().optional(),
    }),
  ),
});

/** What `save` of TensorFlow.js writes; its converter puts the topology one level deeper. */
const fileSchema = z.object({
  modelTopology: z.union([modelSchema, z.object({ model_config: modelSchema }).transform((one) => one.model_config)]),
  weightsManifest: z.array(groupSchema),
});

type Group = z.infer<typeof groupSchema>;

const FLOAT_BYTES = 4;

/**
 * Reads a LayersModel of TensorFlow.js: its `model.json`, and the weights from the files that it names.
 * @param source for messages
 * @throws FormatError if it is no such file, its weights are quantised, or their files are too short
 */
export function readLayersModel(text: string, source: string, readBeside: ReadExternal): KerasModel {
  const { modelTopology, weightsManifest } = parsed(text, source);
  const weights = new Map(weightsManifest.flatMap((group) => readGroup(group, source, readBeside)));
  const { class_name: className, config } = modelTopology;
  return {
    className,
    name: config.name ?? 'model',
    layers: config.layers.map((layer): KerasLayer => ({
      className: layer.class_name,
      name: layer.config.name,
      config: layer.config,
      weights: weightsOf(layer.config.name, weights),
    })),
  };
}

/** Returns the files of weights that a `model.json` names. @throws FormatError as `readLayersModel` */
export const weightFilesOf = (text: string, source: string): readonly string[] =>
  parsed(text, source).weightsManifest.flatMap(({ paths }) => paths);

function parsed(text: string, source: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${source} is no model.json of a LayersModel. Save the model with model.save('file://FOLDER') of TensorFlow.js.`;
    throw new FormatError('bad-value', message, { source }, error);
  }
}

type Weight = readonly [name: string, weight: KerasLayer['weights'] extends ReadonlyMap<string, infer C> ? C : never];

/** Returns the tensors of a group, which lie one behind the other in its files. */
function readGroup({ paths, weights }: Group, source: string, readBeside: ReadExternal): readonly Weight[] {
  const bytes = Buffer.concat(paths.map(readBeside));
  let offset = 0;
  return weights.map(({ name, shape, dtype, quantization }): Weight => {
    const wrong = (why: string): FormatError =>
      new FormatError('bad-value', `${source}: the weights "${name}" ${why}.`, { source, weights: name });
    if (dtype !== 'float32' || quantization !== undefined)
      throw wrong('are no float32: save the model without quantisation');
    const size = shape.reduce((product, length) => product * length, 1);
    const end = offset + FLOAT_BYTES * size;
    if (end > bytes.length) throw wrong(`end behind their files, ${paths.join(', ')}: save the model anew`);
    const values = Float64Array.from({ length: size }, (_, at) => bytes.readFloatLE(offset + FLOAT_BYTES * at));
    offset = end;
    return [name, { kind: 'constant', dims: shape, values }];
  });
}

/** Returns the weights of a layer. They are called after it: `dense_Dense1/kernel`, and after a model around it. */
function weightsOf(layer: string, weights: ReadonlyMap<string, Weight[1]>): KerasLayer['weights'] {
  const own = [...weights].flatMap(([path, weight]) => {
    const [name, owner] = path.split('/').reverse();
    return owner === layer ? [[name.replace(/:\d+$/, ''), weight] as const] : [];
  });
  return new Map(own);
}
