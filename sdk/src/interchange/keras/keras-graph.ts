import { constantOf, type Constant } from '../onnx/read/constant.js';
import type { Attribute, Graph, GraphNode } from '../onnx/read/graph.js';
import { refusal } from '../onnx/read/refusal.js';
import type { KerasLayer, KerasModel } from './read-h5.js';

/**
 * Writes a sequential model of Keras or Larq as a graph of ONNX operators, which one reader then turns into a model. Keras
 * has the channels of a picture last, ONNX first: pictures are transposed at the input, and back where they become a row.
 * @throws ModelError `model.unsupported-layer` naming the layer that has no form here
 */
export function graphOfKeras({ name, className, layers }: KerasModel): Graph {
  if (className !== 'Sequential') {
    throw refusal(
      { name, operator: className },
      'is no Sequential model',
      'Export it as ONNX with tf2onnx, and import that.',
    );
  }
  const [first] = layers;
  const given = first.config.batch_input_shape ?? first.config.batch_shape;
  const shape = Array.isArray(given) ? (given as readonly (number | null)[]).slice(1) : [];
  if (shape.length === 0 || shape.some((size) => size === null)) {
    throw refusal(nameOf(first), 'has no input shape', 'Give the first layer an input_shape.');
  }
  const sizes = shape.map(Number);
  const builder = new KerasGraph(sizes.length === 3);
  for (const layer of layers) builder.add(layer);
  return {
    name,
    nodes: builder.nodes,
    constants: builder.constants,
    input: { name: 'input', shape: sizes, isInteger: false },
    outputs: [builder.output],
  };
}

const nameOf = ({ name, className }: KerasLayer) => ({ name, operator: className });

const LINE_LAYERS = /1D$/;

class KerasGraph {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  output = 'input';
  #isPicture: boolean;

  constructor(isPicture: boolean) {
    this.#isPicture = isPicture;
    if (isPicture) this.#node('Transpose', 'input/planes', [], { perm: [0, 3, 1, 2] });
  }

  add(layer: KerasLayer): void {
    const { className, name, config, weights } = layer;
    if (LINE_LAYERS.test(className)) throw refusal(nameOf(layer), 'goes over a line', 'Use pictures of height 1.');
    switch (className) {
      case 'InputLayer':
      case 'Dropout':
        return;
      case 'Dense':
      case 'QuantDense':
        this.#sign(layer, 'input_quantizer', name);
        this.#node('MatMul', name, [this.#kernel(layer, (kernel) => kernel)]);
        {
          this.#finish(layer);
          return;
        }
      case 'Conv2D':
      case 'QuantConv2D':
        this.#refuseUnless(layer, config.data_format !== 'channels_first', 'has its channels first');
        this.#refuseUnless(layer, (config.pad_values ?? 0) === 0, 'pads with other values than 0');
        this.#sign(layer, 'input_quantizer', name);
        this.#node('Conv', name, [this.#kernel(layer, filtersFirst)], {
          strides: numbers(config.strides),
          dilations: numbers(config.dilation_rate ?? [1, 1]),
          group: Number(config.groups ?? 1),
          auto_pad: config.padding === 'same' ? 'SAME_UPPER' : 'VALID',
        });
        {
          this.#finish(layer);
          return;
        }
      case 'BatchNormalization': {
        const mean = required(layer, 'moving_mean');
        const all = (value: number): Constant =>
          constantOf(mean.dims, new Float64Array(mean.values.length).fill(value));
        const inputs = [
          weights.get('gamma') ?? all(1),
          weights.get('beta') ?? all(0),
          mean,
          required(layer, 'moving_variance'),
        ];
        const given = inputs.map((constant, at) => this.#constant(`${name}/${at}`, constant));
        this.#node('BatchNormalization', name, given, { epsilon: Number(config.epsilon) });
        return;
      }
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        this.#refuseUnless(layer, config.padding !== 'same', 'pads its picture');
        const size = numbers(config.pool_size);
        const attributes = { kernel_shape: size, strides: numbers(config.strides ?? size) };
        this.#node(className === 'MaxPooling2D' ? 'MaxPool' : 'AveragePool', name, [], attributes);
        return;
      }
      case 'GlobalAveragePooling2D':
      case 'GlobalMaxPooling2D':
        this.#node(className === 'GlobalMaxPooling2D' ? 'GlobalMaxPool' : 'GlobalAveragePool', `${name}/places`, []);
        this.#isPicture = false;
        {
          this.#node('Flatten', name, []);
          return;
        }
      case 'Flatten':
        if (this.#isPicture) this.#node('Transpose', `${name}/pictures`, [], { perm: [0, 2, 3, 1] });
        this.#isPicture = false;
        {
          this.#node('Flatten', name, []);
          return;
        }
      case 'Rescaling':
        this.#node('Mul', `${name}/scale`, [this.#constant(`${name}/by`, constantOf([], [Number(config.scale)]))]);
        {
          this.#node('Add', name, [this.#constant(`${name}/more`, constantOf([], [Number(config.offset)]))]);
          return;
        }
      case 'Activation': {
        this.#activate(layer, config.activation);
        return;
      }
      case 'ReLU':
      case 'Softmax': {
        this.#node(className === 'ReLU' ? 'Relu' : 'Softmax', name, []);
        return;
      }
      default:
        throw refusal(nameOf(layer), 'has no form here', `Known are ${KNOWN}.`);
    }
  }

  /** Adds the bias and the activation of a layer with weights. */
  #finish(layer: KerasLayer): void {
    const { name, config, weights } = layer;
    const bias = weights.get('bias');
    if (bias !== undefined) {
      const dims = this.#isPicture ? [bias.values.length, 1, 1] : bias.dims;
      this.#node('Add', `${name}/biased`, [this.#constant(`${name}/bias`, { ...bias, dims })]);
    }
    this.#activate(layer, config.activation);
  }

  #activate(layer: KerasLayer, activation: unknown): void {
    const { name } = layer;
    const known = quantizerOf(activation);
    if (known === undefined || known === 'linear') return;
    if (SIGNS.includes(known)) {
      this.#bipolar(`${name}/${known}`);
      return;
    }
    const operator = { relu: 'Relu', softmax: 'Softmax' }[known];
    if (operator === undefined) throw refusal(nameOf(layer), `has the activation ${known}`, `Known are ${KNOWN}.`);
    this.#node(operator, `${name}/${known}`, []);
  }

  #sign(layer: KerasLayer, quantizer: string, name: string): void {
    const known = this.#quantizer(layer, quantizer);
    if (known !== undefined) this.#bipolar(`${name}/${quantizer}`);
  }

  #bipolar(name: string): void {
    this.#node('BipolarQuant', name, [this.#constant(`${name}/scale`, constantOf([], [1]))]);
  }

  #quantizer(layer: KerasLayer, which: string): string | undefined {
    const known = quantizerOf(layer.config[which]);
    if (known === undefined || SIGNS.includes(known)) return known;
    throw refusal(nameOf(layer), `has the ${which} ${known}`, `Known are ${SIGNS.join(', ')}.`);
  }

  /** Returns the name of the kernel as it is deployed. */
  #kernel(layer: KerasLayer, change: (kernel: Constant) => Constant): string {
    const kernel = change(required(layer, 'kernel'));
    const isBinary = this.#quantizer(layer, 'kernel_quantizer') !== undefined;
    const values = isBinary ? kernel.values.map((value) => (value >= 0 ? 1 : -1)) : kernel.values;
    return this.#constant(`${layer.name}/kernel`, { ...kernel, values });
  }

  #constant(name: string, constant: Constant): string {
    this.constants.set(name, constant);
    return name;
  }

  #node(
    operator: string,
    name: string,
    more: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    const inputs = [this.output, ...more];
    this.nodes.push({ name, operator, inputs, outputs: [name], attributes: new Map(Object.entries(attributes)) });
    this.output = name;
  }

  #refuseUnless(layer: KerasLayer, isRight: boolean, why: string): void {
    if (!isRight) throw refusal(nameOf(layer), why, 'Change the layer, and train again.');
  }
}

const KNOWN =
  'QuantDense, QuantConv2D, Dense, Conv2D, BatchNormalization, pools, Flatten, Rescaling, Dropout, Activation of ste_sign, ' +
  'relu and softmax';

/** The quantizers of Larq whose forward pass is a sign, +1 at 0. */
const SIGNS: readonly string[] = ['ste_sign', 'approx_sign', 'swish_sign'];

/** Returns the name of a function of Keras or Larq, however the configuration gives it: `ste_sign`, or the class SteSign. */
function quantizerOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const name = typeof value === 'object' ? (value as { readonly class_name?: unknown }).class_name : value;
  return String(name)
    .replace(/^.*>/, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

const numbers = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.map(Number) : [Number(value), Number(value)];

function required(layer: KerasLayer, weight: string): Constant {
  const found = layer.weights.get(weight);
  if (found !== undefined) return found;
  throw refusal(nameOf(layer), `has no weights "${weight}" in the file`, 'Save the whole model.');
}

/** Turns [height, width, in, out] into [out, in, height, width]. */
function filtersFirst({ dims, values }: Constant): Constant {
  const [height, width, channels, filters] = dims;
  const taps = height * width;
  const turned = values.map((_, index) => {
    const tap = index % taps;
    const channel = Math.floor(index / taps) % channels;
    return values[(tap * channels + channel) * filters + Math.floor(index / (taps * channels))];
  });
  return constantOf([filters, channels, height, width], turned);
}
