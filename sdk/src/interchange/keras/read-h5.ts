import { FormatError } from '@adiabit/simulator/errors';
import { File } from 'jsfive';
import { constantOf, type Constant } from '../onnx/read/constant.js';

/** A layer of a Keras model: its class, its configuration, and its weights by name. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, Constant>;
}

export interface KerasModel {
  readonly name: string;
  readonly className: string;
  readonly layers: readonly KerasLayer[];
}

interface LayerConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

/**
 * Reads a model that Keras saved as HDF5, configuration and weights.
 * @param source for messages
 * @throws FormatError if it is no such file, or holds weights alone
 */
export function readKerasModel(bytes: Uint8Array, source: string): KerasModel {
  try {
    const file = new File(Uint8Array.from(bytes).buffer, source);
    const text = file.attrs.model_config;
    if (typeof text === 'string') {
      const { class_name: className, config } = JSON.parse(text) as {
        readonly class_name: string;
        readonly config: { readonly name?: string; readonly layers: readonly LayerConfig[] };
      };
      const layers = config.layers.map((layer) => layerOf(file, layer));
      return { className, name: config.name ?? 'imported', layers };
    }
  } catch (error) {
    const message = `${source} is not an HDF5 file of a Keras model. Save the model with model.save('NAME.h5').`;
    throw new FormatError('bad-magic', message, { source }, error);
  }
  const message = `${source} has no configuration, only weights. Save the model with model.save('NAME.h5').`;
  throw new FormatError('bad-value', message, { source });
}

function layerOf(file: File, { class_name: className, config }: LayerConfig): KerasLayer {
  const { name } = config;
  const folder = `model_weights/${name}`;
  const all = file.get('model_weights');
  const group = 'keys' in all && all.keys.includes(name) ? file.get(folder) : undefined;
  const names = group !== undefined && 'attrs' in group ? group.attrs.weight_names : undefined;
  const weights = (Array.isArray(names) ? (names as readonly string[]) : []).map((path) => {
    const dataset = file.get(`${folder}/${path}`);
    if (!('value' in dataset)) throw new Error(`${path} holds no numbers.`);
    // The last part of the path says which weight it is: kernel:0.
    const weight = path.slice(path.lastIndexOf('/') + 1).replace(/:\d+$/, '');
    return [weight, constantOf(dataset.shape, dataset.value)] as const;
  });
  return { className: className.replace(/^.*>/, ''), name, config, weights: new Map(weights) };
}
