import type { CountingLayer, CountingShape } from './counting-layer.js';
import { countsAt, isBinaryLayer, isPlain, notUnrolled, type BinaryDense } from './counts.js';
import type {
  ActivationLayer,
  IntegerActivation,
  Layer,
  LogicLayer,
  Network,
  PoolLayer,
  ThermometerLayer,
} from './network.js';

/** The sum of the bits of each channel: all places in one window. */
interface ChannelCounts extends PoolLayer {
  readonly operation: 'sum';
}

interface Outputs extends ActivationLayer {
  readonly activation: IntegerActivation;
}

/**
 * A network that has an unrolled circuit: a thermometer if it begins with one, dense binary layers and layers of logic one
 * behind the other, and at the end a dense layer of integers or counts of the bits of each class.
 */
export interface UnrolledNetwork extends Network {
  readonly layers: readonly (ThermometerLayer | LogicLayer | BinaryDense | ChannelCounts | Outputs)[];
}

/** The bits of each channel, counted, shifted and moved by an offset: a pool and the activation behind it. */
export interface CountedChannels extends CountingShape {
  readonly activation: 'integer';
  readonly offsets: Int32Array;
}

/** A part of an unrolled circuit, with the layer of the network whose values it gives. */
export type UnrolledStage = { readonly layer: number } & (
  | { readonly kind: 'thermometer'; readonly thermometer: ThermometerLayer }
  | { readonly kind: 'logic'; readonly logic: LogicLayer }
  | { readonly kind: 'counting'; readonly counting: CountingLayer }
  | { readonly kind: 'channels'; readonly channels: CountedChannels }
);

/** Tells whether the network has an unrolled circuit. */
export function hasUnrolledForm(network: Network): network is UnrolledNetwork {
  return isPlain(network.input) && firstNotUnrolled(network) === undefined;
}

/**
 * Gives the stages of a network's unrolled circuit, in order.
 * @throws CompileError `compile.unsupported` naming the first layer that keeps the network from being unrolled
 */
export function unrolledStagesOf(network: Network): readonly UnrolledStage[] {
  if (!hasUnrolledForm(network)) throw notUnrolled(network, firstNotUnrolled(network));
  return network.layers.flatMap((layer, index): UnrolledStage[] => {
    switch (layer.kind) {
      case 'thermometer':
        return [{ kind: 'thermometer', layer: index, thermometer: layer }];
      case 'logic':
        return [{ kind: 'logic', layer: index, logic: layer }];
      case 'dense':
        return [{ kind: 'counting', layer: index, counting: countsAt(network, index) }];
      case 'pool': {
        const { activation } = network.layers[index + 1] as Outputs;
        const { shift, offsets } = activation;
        const [height, width, outputs] = layer.inputShape;
        const channels = {
          activation: 'integer',
          inputs: height * width,
          outputs,
          inputBits: 1,
          shift,
          offsets,
        } as const;
        return [{ kind: 'channels', layer: index + 1, channels }];
      }
      case 'activation':
        return [];
    }
  });
}

/** Finds the first layer that keeps a network from having an unrolled circuit; undefined if there is none. */
function firstNotUnrolled({ input, layers }: Network): number | undefined {
  const index = layers.findIndex((layer, at) => {
    const { from = at - 1 } = layer;
    return from !== at - 1 || !fits(input.bits, layers, layer, at);
  });
  return index < 0 ? undefined : index;
}

function fits(inputBits: number, layers: readonly Layer[], layer: Layer, at: number): boolean {
  const last = layers.length - 1;
  switch (layer.kind) {
    case 'thermometer':
    case 'logic':
      return true;
    case 'pool': {
      const [height, width] = layer.inputShape;
      const isWhole = layer.size[0] === height && layer.size[1] === width;
      return layer.operation === 'sum' && isWhole && at === last - 1 && (at > 0 || inputBits === 1);
    }
    case 'activation':
      return layer.activation.kind === 'integer' && at === last && layers.at(at - 1)?.kind === 'pool' && at > 0;
    default:
      return isBinaryLayer(layer) && (at === last) === (layer.activation.kind === 'integer');
  }
}
