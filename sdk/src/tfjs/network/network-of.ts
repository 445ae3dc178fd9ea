import { ModelError } from '@adiabit/simulator/errors';
import type { layers, LayersModel } from '@tensorflow/tfjs';
import type { NetworkSpec } from '../../train/network/layer-specs.js';
import { channelsOf, product, type Shape } from '../../train/network/layers.js';
import { resolveLayers } from '../../train/network/network.js';
import { type Statistics, toTrainedNetwork } from '../../train/network/parameters.js';
import type { TrainedNetwork } from '../../train/network/trained-network.js';
import type { ModelInput } from '../library.js';
import { isAdiabatic } from '../layers/adiabatic-layer.js';
import { type LayerPart, noParameters, partsOf, shortcutOf, type WeightReader } from './layer-parts.js';
import { refuse, trunkOf, type TrunkStep } from './trunk.js';

type Layer = layers.Layer;

/**
 * Checks that a model has an integer form, by its layers and shapes alone.
 * @throws ModelError naming the layer that has none
 */
export function checkNetwork(model: LayersModel): void {
  const zeros: WeightReader = (layer) => layer.weights.map(({ shape }) => new Float32Array(product(shape as number[])));
  resolveLayers(assemble(model, model.name, { bits: 8, divisor: 1 }, zeros).spec);
}

/**
 * Returns a model as our trainer's network, ready to freeze.
 * @throws ModelError as `checkNetwork`
 */
export async function trainedNetworkOf(model: LayersModel, name: string, input: ModelInput): Promise<TrainedNetwork> {
  const { spec, parts } = await assembleNetwork(model, name, input);
  const statistics = new Map(
    parts.flatMap((part, index): [number, Statistics][] => (part.statistics ? [[index, part.statistics]] : [])),
  );
  return toTrainedNetwork(
    spec,
    parts.map(({ parameters }) => parameters),
    statistics,
  );
}

/** Returns the specification of our trainer's network, and the numbers of its layers. */
export async function assembleNetwork(model: LayersModel, name: string, input: ModelInput): Promise<Assembly> {
  const numbers = new Map<Layer, readonly Float32Array[]>();
  for (const { layer, earlier } of trunkOf(model).steps) {
    for (const one of earlier?.shortcut === undefined ? [layer] : [layer, earlier.shortcut]) {
      numbers.set(one, await Promise.all(one.getWeights().map((weight) => weight.data<'float32'>())));
    }
  }
  return assemble(model, name, input, (layer) => numbers.get(layer)!);
}

export interface Assembly {
  readonly spec: NetworkSpec;
  readonly parts: readonly LayerPart[];
}

function assemble(model: LayersModel, name: string, input: ModelInput, weightsOf: WeightReader): Assembly {
  const { inputShape, steps } = trunkOf(model);
  if (steps.length === 0 || inputShape.length > 3) {
    const message = `The model "${model.name}" takes examples of shape [${inputShape.join()}]: a network takes values, lines or pictures.`;
    throw new ModelError('shape-mismatch', message);
  }
  const dividesLater = isWeighted(steps.find(({ layer }) => !isLinear(layer))?.layer);
  const parts = dividesLater || input.divisor === 1 ? [] : [division(inputShape, input.divisor)];
  const lastPart = new Map<Layer, number>();
  steps.forEach((step, index) => {
    const isLast = steps.slice(index + 1).every(({ layer }) => endings.includes(layer.getClassName()));
    parts.push(...(step.earlier ? [sumPart(step, lastPart, weightsOf)] : partsOf(step, weightsOf, isLast)));
    lastPart.set(step.layer, parts.length - 1);
  });
  const { layer } = steps[steps.length - 1];
  const last = parts.at(-1)?.spec;
  if (last === undefined || !('units' in last)) {
    throw refuse(layer, 'ends the network', 'let the last layer be dense, with softmax or no activation');
  }
  if (last.units === 1)
    throw refuse(layer, 'has one output', 'let it have one a class, two for yes and no, and softmax');
  const spec = {
    name,
    inputs: product(inputShape),
    ...(inputShape.length === 1 ? {} : { inputShape }),
    inputBits: input.bits,
    divisor: dividesLater ? input.divisor : 1,
    layers: parts.map((part) => part.spec),
    mode: 'both',
  } as const;
  return { spec, parts };
}

/** Layers that may follow the last one: they change no order. */
const endings: readonly string[] = ['Activation', 'AdiabitActivation', 'Softmax', 'Dropout'];

const isWeighted = (layer: Layer | undefined): boolean =>
  layer !== undefined && isAdiabatic(layer) && 'useBias' in layer.settings;

/** Tells whether it makes no difference if its input is divided or its output. */
const isLinear = (layer: Layer): boolean => /Flatten|Pooling|Dropout/.test(layer.getClassName());

/** Our trainer divides the first weighted sum. Where the model does more before it, the input is divided. */
function division(inputShape: readonly number[], divisor: number): LayerPart {
  const channels = channelsOf(inputShape as Shape);
  const spec = {
    kind: 'normalize',
    mean: Array<number>(channels).fill(0),
    deviation: Array<number>(channels).fill(divisor),
  } as const;
  return { spec, parameters: noParameters };
}

function sumPart(
  { layer, earlier }: TrunkStep,
  lastPart: ReadonlyMap<Layer, number>,
  weightsOf: WeightReader,
): LayerPart {
  const { from: giver, shortcut } = earlier!;
  const from = giver === undefined ? -1 : (lastPart.get(giver) ?? -1);
  if (from < 0) throw refuse(layer, 'adds the input itself', 'let a convolution come before the first sum');
  if (shortcut === undefined) return { spec: { kind: 'add', from }, parameters: noParameters };
  const { spec, parameters } = shortcutOf(shortcut, weightsOf);
  return { spec: { kind: 'add', from, ...spec }, parameters };
}
