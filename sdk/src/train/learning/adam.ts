export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /**
   * Decoupled weight decay (I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2019): before each
   * update, weights that stay real are multiplied by 1 - learning rate x this. If absent, none.
   */
  readonly weightDecay?: number;
}

/** The running moments of every trained array and the number of updates they hold. Plain data for checkpoints. */
export interface AdamState {
  updates: number;
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
}

export const defaultAdam: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Makes a state without memory of any gradient, as at the start and after each push of the sharpness. */
export function freshAdamState(arrays: readonly Float32Array[]): AdamState {
  const zeros = () => arrays.map((array) => new Float32Array(array.length));
  return { updates: 0, firstMoments: zeros(), secondMoments: zeros() };
}

/** Returns what a weight that decays is multiplied by before each update. */
export function decayFactor({ weightDecay = 0 }: AdamSettings, learningRate: number): number {
  return 1 - learningRate * weightDecay;
}

/** Returns the learning rate of the update of this number, counted from 1, with the corrections of both moments. */
export function adamRate({ beta1, beta2 }: AdamSettings, update: number, learningRate: number): number {
  return (learningRate * Math.sqrt(1 - beta2 ** update)) / (1 - beta1 ** update);
}

/**
 * Makes one update in place (Kingma and Ba, "Adam", 2015, the efficient form at the end of section 2, which is Keras's:
 * epsilon is added to the uncorrected root). It runs on the host: on the wasm backend that is faster than tensor
 * operations, and the optimizer state is plain arrays. See `deviceLearner` for the same on a device.
 *
 * @param learningRate of all arrays, or of each
 */
export function adamUpdate(
  settings: AdamSettings,
  state: AdamState,
  learningRate: number | readonly number[],
  arrays: readonly Float32Array[],
  gradients: readonly Float32Array[],
): void {
  state.updates++;
  arrays.forEach((values, index) => {
    const own = typeof learningRate === 'number' ? learningRate : learningRate[index];
    const rate = adamRate(settings, state.updates, own);
    updateArray(settings, rate, values, gradients[index], state.firstMoments[index], state.secondMoments[index]);
  });
}

function updateArray(
  { beta1, beta2, epsilon }: AdamSettings,
  rate: number,
  values: Float32Array,
  gradients: Float32Array,
  firstMoments: Float32Array,
  secondMoments: Float32Array,
): void {
  for (let index = 0; index < values.length; index++) {
    const gradient = gradients[index];
    const first = firstMoments[index] + (1 - beta1) * (gradient - firstMoments[index]);
    const second = secondMoments[index] + (1 - beta2) * (gradient * gradient - secondMoments[index]);
    firstMoments[index] = first;
    secondMoments[index] = second;
    values[index] -= (rate * first) / (Math.sqrt(second) + epsilon);
  }
}
