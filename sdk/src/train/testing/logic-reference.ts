import type { Batch } from '../datasets/batches.js';
import type { Sharpness } from '../forward/sharpness.js';
import { type GroupSumLayer, type Layer, type LogicLayer, thresholdsOf } from '../network/layers.js';
import type { LayerParameters, NetworkParameters } from '../network/parameters.js';

/**
 * Returns the mean loss of a network of tables in float64, by the definition: a pin is the mean of its candidates by
 * their shares, a table the sum over its entries of the entry times the product over its pins of x or 1 - x.
 */
export function referenceLoss(
  layers: readonly Layer[],
  parameters: NetworkParameters,
  { inputs, targets, size }: Batch,
  sharpness: Sharpness,
): number {
  const width = inputs.length / size;
  const classes = targets.length / size;
  let loss = 0;
  for (let example = 0; example < size; example++) {
    const logits = referenceLogits(
      layers,
      parameters,
      inputs.subarray(example * width, (example + 1) * width),
      sharpness,
    );
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    logits.forEach((logit, which) => (loss -= targets[example * classes + which] * (logit - Math.log(sum))));
  }
  return loss / size;
}

export function referenceLogits(
  layers: readonly Layer[],
  parameters: NetworkParameters,
  inputs: ArrayLike<number>,
  sharpness: Sharpness,
): readonly number[] {
  let values = Array.from(inputs);
  layers.forEach((layer, index) => {
    if (layer.kind === 'thermometer') {
      const thresholds = thresholdsOf(layer);
      values = values.flatMap((value, at) =>
        Array.from({ length: layer.levels }, (_, level) =>
          Number(value >= thresholds[(at * layer.levels + level) % thresholds.length]),
        ),
      );
    } else if (layer.kind === 'logic') values = tables(layer, parameters[index], values, sharpness);
    else if (layer.kind === 'group-sum') values = groupSums(layer, values);
  });
  return values;
}

function tables(
  { outputs, tableInputs, candidates }: LogicLayer,
  { kernel, bias, scale }: LayerParameters,
  x: readonly number[],
  { kWeight, kActivation }: Sharpness,
): number[] {
  return Array.from({ length: outputs }, (_, table) => {
    const pins = Array.from({ length: tableInputs }, (__, pin) => {
      const from = (table * tableInputs + pin) * candidates;
      const powers = Array.from(bias.subarray(from, from + candidates), (logit) => Math.exp(kActivation * logit));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.reduce((total, power, candidate) => total + (power / sum) * x[scale[from + candidate]], 0);
    });
    let value = 0;
    for (let entry = 0; entry < 2 ** tableInputs; entry++) {
      const weight = pins.reduce((product, bit, pin) => product * ((entry >> pin) & 1 ? bit : 1 - bit), 1);
      value += (weight * (1 + Math.tanh(kWeight * kernel[table * 2 ** tableInputs + entry]))) / 2;
    }
    return value;
  });
}

const groupSums = ({ outputs, temperature }: GroupSumLayer, x: readonly number[]): number[] =>
  Array.from({ length: outputs }, (_, group) =>
    x.reduce((sum, value, index) => sum + (index % outputs === group ? value / temperature : 0), 0),
  );
