import type { LayerVariable, serialization, Shape, Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from '../whole-library.js';
import { sharpenActivation, sharpenWeight } from '../../train/forward/quantizers.js';
import type { Sharpness } from '../../train/forward/sharpness.js';
import { INITIAL_KERNEL_BOUND } from '../../train/network/resolve-layer.js';
import type { AdiabaticLayer } from './adiabatic-layer.js';
import type { LayerKind } from './layer-kinds.js';
import type { LayerArguments, LayerSettings, WeightSettings } from './settings.js';

/** The class of one kind of layers, as the library wants it. */
export interface LayerClass<Settings extends LayerSettings> {
  new (args: LayerArguments): AdiabaticLayer<Settings>;
  readonly className: string;
  readonly fromConfig: serialization.FromConfigMethod<AdiabaticLayer<Settings>>;
}

/** The sharpness of a layer that no schedule has touched: the paper's first. */
const INITIAL_SHARPNESS = 3;

/**
 * Makes the class of a kind of layers, activation(scale * weigh(x) + bias), which extends the library's own. The functions
 * with a sharpness are those of our trainer. Settings and sharpness are part of the configuration, so that a saved model
 * has them.
 */
export function makeLayerClass<Settings extends LayerSettings>(
  tf: Tensorflow,
  { className, read, outputShape, weights }: LayerKind<Settings>,
): LayerClass<Settings> {
  return class extends tf.layers.Layer implements AdiabaticLayer<Settings> {
    static readonly className = className;
    readonly library = tf;
    readonly settings: Settings;
    sharpness: Sharpness;
    /** Of the weights that the layer begins with. Not part of the configuration: a saved layer has its weights. */
    readonly #seed: { readonly seed?: number };
    #kernel: LayerVariable | undefined;
    #bias: LayerVariable | undefined;
    #scale: LayerVariable | undefined;

    constructor(args: LayerArguments) {
      super(args);
      this.settings = read(args);
      const { kWeight = INITIAL_SHARPNESS, kActivation = INITIAL_SHARPNESS } = args as Partial<Sharpness>;
      this.sharpness = { kWeight, kActivation };
      const { initialSeed } = args;
      this.#seed = typeof initialSeed === 'number' ? { seed: initialSeed } : {};
    }

    override build(inputShape: Shape | Shape[]): void {
      if (weights !== undefined) {
        const { binaryWeights, useBias } = this.#weightSettings;
        const shape = weights.kernelShape(this.#weightSettings, onlyOne(inputShape));
        const { randomUniform, glorotUniform, zeros, ones } = tf.initializers;
        const uniform = randomUniform({ minval: -INITIAL_KERNEL_BOUND, maxval: INITIAL_KERNEL_BOUND, ...this.#seed });
        this.#kernel = this.addWeight('kernel', shape, 'float32', binaryWeights ? uniform : glorotUniform(this.#seed));
        if (useBias) this.#bias = this.addWeight('bias', shape.slice(-1), 'float32', zeros());
        if (binaryWeights) this.#scale = this.addWeight('scale', [], 'float32', ones());
      }
      super.build(inputShape);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const values = Array.isArray(inputs) ? inputs[0] : inputs;
        return this.#activate(weights === undefined ? values : this.#weigh(values, weights.weigh));
      });
    }

    override computeOutputShape(inputShape: Shape | Shape[]): Shape {
      return outputShape(this.settings, onlyOne(inputShape));
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings, ...this.sharpness };
    }

    get #weightSettings(): Settings & WeightSettings {
      return this.settings as Settings & WeightSettings;
    }

    #weigh(values: Tensor, weigh: NonNullable<typeof weights>['weigh']): Tensor {
      const [kernel, bias, scale] = [this.#kernel, this.#bias, this.#scale].map((variable) => variable?.read());
      const sums = weigh(tf, this.#weightSettings, values, scale === undefined ? kernel! : this.#sharpen(kernel!));
      const scaled = scale === undefined ? sums : tf.mul(sums, scale);
      return bias === undefined ? scaled : tf.add(scaled, bias);
    }

    /** The layer's own sharpness is a factor of its latent weights, so that k alone says what is hard. */
    #sharpen(latent: Tensor): Tensor {
      const { ownSharpness } = this.#weightSettings;
      return sharpenWeight(tf, ownSharpness === 1 ? latent : tf.mul(latent, ownSharpness), this.sharpness.kWeight);
    }

    #activate(values: Tensor): Tensor {
      const { activation, gradientSharpness = Infinity } = this.settings;
      if (activation === 'softmax') return tf.softmax(values);
      const name = activation === 'linear' ? 'none' : activation;
      return sharpenActivation(tf, name, values, this.sharpness.kActivation, gradientSharpness);
    }
  };
}

/** Returns the shape of the only input. */
function onlyOne(shape: Shape | Shape[]): Shape {
  return Array.isArray(shape[0]) ? shape[0] : (shape as Shape);
}
