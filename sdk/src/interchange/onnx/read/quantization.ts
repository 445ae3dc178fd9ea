import { numberAttribute, textAttribute, type GraphNode } from './graph.js';
import { refusal } from './refusal.js';

/** Whole numbers within limits, and how real ones become whole. */
export interface Grid {
  readonly minimum: number;
  readonly maximum: number;
  readonly rounding: Rounding;
}

export type Rounding = 'half-even' | 'half-up' | 'down' | 'up';

const ROUNDINGS: Readonly<Record<string, Rounding>> = {
  ROUND: 'half-even',
  HALF_EVEN: 'half-even',
  HALF_UP: 'half-up',
  FLOOR: 'down',
  CEIL: 'up',
};

/** Says what Quant of QONNX (also IntQuant) rounds to. */
export function gridOf(node: GraphNode, bits: number): Grid {
  const mode = textAttribute(node, 'rounding_mode', 'ROUND').toUpperCase();
  const rounding = Object.hasOwn(ROUNDINGS, mode) ? ROUNDINGS[mode] : undefined;
  if (rounding === undefined) throw refusal(node, `rounds by ${mode}`, 'Use ROUND, FLOOR or CEIL.');
  if (!Number.isInteger(bits) || bits < 1 || bits > 16) throw refusal(node, `has ${bits} bits`, 'Use 1 to 16.');
  const isSigned = numberAttribute(node, 'signed', 1) === 1;
  const narrow = numberAttribute(node, 'narrow', 0);
  return isSigned
    ? { minimum: -(2 ** (bits - 1)) + narrow, maximum: 2 ** (bits - 1) - 1, rounding }
    : { minimum: 0, maximum: 2 ** bits - 1 - narrow, rounding };
}

/** The rounding of QuantizeLinear to bytes. */
export const byteGrid = (isSigned: boolean): Grid => ({
  minimum: isSigned ? -128 : 0,
  maximum: isSigned ? 127 : 255,
  rounding: 'half-even',
});

/** Rounds a number to the grid. */
export function onGrid({ minimum, maximum, rounding }: Grid, value: number): number {
  return Math.min(Math.max(rounded(rounding, value), minimum), maximum);
}

function rounded(rounding: Rounding, value: number): number {
  switch (rounding) {
    case 'down':
      return Math.floor(value);
    case 'up':
      return Math.ceil(value);
    case 'half-up':
      return Math.floor(value + 0.5);
    case 'half-even': {
      const below = Math.floor(value);
      const rest = value - below;
      if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
      return below % 2 === 0 ? below : below + 1;
    }
  }
}
