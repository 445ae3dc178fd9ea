import { defaultAdam } from '../learning/adam.js';
import type { FixedSchedule, SchedulePhase } from '../schedules/fixed.js';
import type { Recipe } from './recipes.js';

interface Rates {
  readonly initial: number;
  readonly power: number;
}

/** Sharpness of entries and of wires at the start, and of both before the last epochs and after them. */
const [ENTRIES_START, WIRES_START, NEARLY_HARD, HARD] = [1, 2, 30, 999];
/** Share of the epochs in which the sharpness rises slowly, and in which wires are looked for. */
const [RISING, REWIRING] = [0.9, 0.4];
/** The smallest part of the rate that is left in the end. */
const LEAST_RATE = 0.05;

/**
 * Makes the schedule for networks of tables: both sharpnesses rise by a factor an epoch to 30. A network freezes between 10 and
 * 20, so that more time beyond that would be wasted. In the last epochs they rise to bits, while the rate falls.
 */
export function logicSchedule(epochs: number, { initial, power }: Rates): FixedSchedule {
  const rising = Math.max(1, Math.floor(RISING * epochs));
  const phases = Array.from({ length: epochs }, (_, epoch): SchedulePhase => {
    const rewires = epoch < REWIRING * epochs ? { rewires: true } : {};
    if (epoch < rising) {
      const part = (epoch + 0.5) / rising;
      const at = (start: number) => rounded(start * (NEARLY_HARD / start) ** part);
      return { kWeight: at(ENTRIES_START), kActivation: at(WIRES_START), epochs: 1, ...rewires };
    }
    const last = epochs - rising;
    const k = rounded(NEARLY_HARD * (HARD / NEARLY_HARD) ** Math.min(1, ((epoch - rising + 1) / last) * 1.3));
    const left = Math.max(LEAST_RATE, 1 - (epoch - rising + 0.5) / last);
    // The rate falls from what it is at 30; the rule would let it fall with k besides.
    const rate = rounded(left * (k / NEARLY_HARD) ** power);
    return { kWeight: k, kActivation: k, epochs: 1, rate };
  });
  return { phases, learningRate: { initial, k0: ENTRIES_START, power, follows: 'kWeight' }, keepsMoments: true };
}

const rounded = (k: number): number => Number(k.toPrecision(3));

interface Size extends Rates {
  readonly name: string;
  readonly tables: number;
  readonly tableInputs: number;
  readonly thresholds: readonly number[];
  readonly temperature: number;
  readonly wireRate: number;
  readonly epochs: number;
}

function logicRecipe({ name, tables, tableInputs, thresholds, temperature, wireRate, epochs, ...rates }: Size): Recipe {
  const bits = thresholds.length === 1 ? 'one bit' : `${thresholds.length} bits`;
  return {
    name,
    description: `${tables.toLocaleString('en-US')} learnt tables of ${tableInputs} bits, ${bits} a pixel, ${epochs} epochs`,
    network: {
      name,
      inputs: 784,
      inputShape: [28, 28, 1],
      inputBits: 8,
      divisor: 1,
      layers: [
        { kind: 'thermometer', thresholds: [thresholds] },
        { kind: 'logic', tables, tableInputs, wireRate },
        { kind: 'group-sum', classes: 10, temperature },
      ],
      mode: 'both',
    },
    batchSize: 256,
    shards: 2,
    schedule: logicSchedule(epochs, rates),
    adam: { ...defaultAdam, epsilon: 1e-9 },
    augmentation: { maxShift: 1 },
  };
}

/** Bit 7 of a pixel, as a threshold. */
const highestBit = [128];
/** Bits of a pixel's two highest: either, the highest, both. */
const twoHighest = [64, 128, 192];

/** Networks of tables for MNIST: docs/results/logic.md. */
export const logicRecipes: readonly Recipe[] = [
  logicRecipe({
    name: 'mnist-logic',
    tables: 1000,
    tableInputs: 4,
    thresholds: highestBit,
    temperature: 4,
    wireRate: 1.2,
    epochs: 44,
    initial: 0.02,
    power: 0.4,
  }),
  logicRecipe({
    name: 'mnist-logic-700x6',
    tables: 700,
    tableInputs: 6,
    thresholds: twoHighest,
    temperature: 3,
    wireRate: 1.2,
    epochs: 44,
    initial: 0.02,
    power: 0.4,
  }),
  logicRecipe({
    name: 'mnist-logic-2000x6',
    tables: 2000,
    tableInputs: 6,
    thresholds: twoHighest,
    temperature: 5,
    wireRate: 2.2,
    epochs: 32,
    initial: 0.01,
    power: 0.3,
  }),
];
