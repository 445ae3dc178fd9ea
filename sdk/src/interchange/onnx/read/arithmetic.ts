/** Operators that change what integers stand for, value by value, and sums of two tensors. */
import { one, zero } from '../../../train/freezing/affine.js';
import { type Constant, constantOf } from './constant.js';
import { numberAttribute, type GraphNode } from './graph.js';
import { liesAs } from './layout.js';
import { refusal } from './refusal.js';
import { along, changed, fractionsOf, placeOf, type Reading, type Value } from './value.js';

/** Reads Add, Sub, Mul and Div of a value and a constant. */
export function withConstant(
  reading: Reading,
  node: GraphNode,
  value: Value,
  constant: Constant,
  isConstantFirst: boolean,
): Value {
  const numbers = fractionsOf(along(node, value, constant));
  const of = (slopes: typeof numbers, intercepts: typeof numbers): Value =>
    changed(reading, node, value, slopes, intercepts);
  switch (node.operator) {
    case 'Add':
      return of([one], numbers);
    case 'Sub':
      return isConstantFirst
        ? of([one.neg()], numbers)
        : of(
            [one],
            numbers.map((number) => number.neg()),
          );
    case 'Mul':
      return of(numbers, [zero]);
    default:
      if (!isConstantFirst && constant.values.every((number) => number !== 0)) {
        return of(
          numbers.map((number) => one.div(number)),
          [zero],
        );
      }
      throw refusal(node, 'divides by values of the network, or by 0', 'Divide by constants only.');
  }
}

/** Reads gamma (x - mean) / sqrt(variance + epsilon) + beta. */
export function normalized(reading: Reading, node: GraphNode, value: Value, inputs: readonly Constant[]): Value {
  const [gamma, beta, mean, variance] = inputs;
  const epsilon = numberAttribute(node, 'epsilon', 1e-5);
  const slope = gamma.values.map((factor, channel) => factor / Math.sqrt(variance.values[channel] + epsilon));
  const perChannel = (numbers: Float64Array) => {
    const dims = value.shape.map((_, axis) => (axis === 0 ? numbers.length : 1));
    return fractionsOf(along(node, value, constantOf(dims, numbers)));
  };
  const slopes = perChannel(slope);
  const centred = changed(
    reading,
    node,
    value,
    [one],
    perChannel(mean.values).map((number) => number.neg()),
  );
  return changed(reading, node, centred, slopes, perChannel(beta.values));
}

/** Reads the sum, or the difference, of two values of the network. */
export function together(reading: Reading, node: GraphNode, left: Value, right: Value): Value {
  if (left === right && node.operator === 'Add') return changed(reading, node, left, [one.add(one)], [zero]);
  const isSame =
    left.shape.length === right.shape.length && left.shape.every((size, axis) => size === right.shape[axis]);
  if (!isSame || !liesAs(left, right)) throw refusal(node, 'adds values of other shapes', 'Add tensors of one shape.');
  const other = node.operator === 'Sub' ? changed(reading, node, right, [one.neg()], [zero]) : right;
  const { builder } = reading;
  // Sums of two places count both as they are.
  const terms = [left, other].map((term) => builder.settle(placeOf(node, term)));
  // Rows may be the values of pictures; channels of a picture recur in the row.
  const isPicture = terms.every(({ shape }) => shape.join() === terms[0].shape.join());
  const shape = isPicture ? terms[0].shape : ([1, 1, left.order.length] as const);
  const place = builder.sum({ ...terms[0], shape }, { ...terms[1], shape });
  return { kind: 'value', shape: left.shape, order: left.order, place };
}
