import type { Activation } from '../../../model/model.js';
import type { LayerRange } from '../../../model/ranges.js';
import type { GraphWriter } from './graph-writer.js';
import { channelDims, elementFor, type Form } from './values.js';

/** Integers in the graph. */
export interface Integers {
  readonly name: string;
  readonly element: 'float' | 'double';
  readonly form: Form;
}

/**
 * Adds an activation of sums, and returns its values. Sums and constants are whole numbers that their element type
 * holds exactly.
 */
export function writeActivation(
  writer: GraphWriter,
  layer: string,
  activation: Activation,
  sums: Integers,
  ranges: LayerRange,
): Integers {
  const { form } = sums;
  const constant = (name: string, type: 'float' | 'double' | 'bool', values: ArrayLike<number>): string =>
    writer.constant(`${layer}/${name}`, type, channelDims(form, values.length), values);
  switch (activation.kind) {
    case 'threshold': {
      const { thresholds, inverted } = activation;
      // Whatever lies beyond the sums that can occur is as good as their end, and a float holds that.
      const { minimum, maximum } = ranges.sums;
      const held = Float64Array.from(thresholds, (value) => Math.min(Math.max(value, minimum), maximum + 1));
      const bounds = constant('thresholds', sums.element, held);
      const fires = writer.node('GreaterOrEqual', `${layer}/fires`, [sums.name, bounds]);
      const turned =
        inverted?.includes(1) === true
          ? writer.node('Xor', `${layer}/turned`, [fires, constant('inverted', 'bool', inverted)])
          : fires;
      return { name: writer.cast(`${layer}/values`, turned, 'float'), element: 'float', form };
    }
    case 'requantize': {
      const { multipliers, offsets, shift, minimum, maximum } = activation;
      // Products have up to 32 bits, and a division by a power of two is exact.
      const wide = writer.inElement(sums.name, sums.element, 'double');
      const product = writer.node('Mul', `${layer}/products`, [wide, constant('multipliers', 'double', multipliers)]);
      const moved = writer.node('Add', `${layer}/moved`, [product, constant('offsets', 'double', offsets)]);
      const scaled = writer.node('Mul', `${layer}/scaled`, [moved, writer.scalar('double', 2 ** -shift)]);
      const whole = writer.node('Floor', `${layer}/whole`, [scaled]);
      const limits = [writer.scalar('double', minimum), writer.scalar('double', maximum)];
      const held = writer.node('Clip', `${layer}/values`, [whole, ...limits]);
      const element = elementFor(ranges.values);
      return { name: writer.inElement(held, 'double', element), element, form };
    }
    case 'integer': {
      const { shift, offsets } = activation;
      const element = elementFor({
        minimum: Math.min(ranges.values.minimum, ranges.sums.minimum * 2 ** shift),
        maximum: Math.max(ranges.values.maximum, ranges.sums.maximum * 2 ** shift),
      });
      const start = writer.inElement(sums.name, sums.element, element);
      const scaled =
        shift === 0 ? start : writer.node('Mul', `${layer}/scaled`, [start, writer.scalar(element, 2 ** shift)]);
      const isMoved = offsets.some((offset) => offset !== 0);
      const name = isMoved
        ? writer.node('Add', `${layer}/values`, [scaled, constant('offsets', element, offsets)])
        : scaled;
      return { name, element, form };
    }
  }
}
