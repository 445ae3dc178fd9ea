import type { NetlistBuilder } from '../../netlist/builder.js';
import { levelsOf, valuesIn, type ThermometerLayer } from '../../network/network.js';
import { delay, type Word } from './blocks.js';

/** The input as it enters: a bit of every value a cycle, the highest first. */
interface Entering {
  readonly planes: Word;
  /** 1 with the first plane. */
  readonly start: number;
  readonly bits: number;
}

/**
 * Builds the bits (value >= threshold) of a thermometer while the value enters. A comparison from the highest bit down
 * keeps two bits of state, with which an undecided one counts as reached:
 *
 *     reached   the value is at least the threshold, as far as it has come
 *     beyond    it is larger already
 *
 * After the last plane `reached` is the answer, `bits` cycles after `start`. The bit of a threshold that is due is shared
 * by all places of its channel.
 */
export function buildThermometer(builder: NetlistBuilder, layer: ThermometerLayer, entering: Entering): Word {
  const { planes, start, bits } = entering;
  const { inputShape, activation } = layer;
  const levels = levelsOf(layer);
  builder.enterGroup('layer0.control', 'control');
  const turns = Array.from({ length: bits }, (_, cycle) => delay(builder, start, cycle));
  const goesOn = builder.not(start);
  const due = Array.from(activation.thresholds, (_, index) => {
    builder.enterGroup(`layer0.threshold${index}`, 'configuration');
    const threshold = Array.from({ length: bits }, () => builder.configuration());
    builder.enterGroup(`layer0.threshold${index}.due`, 'control');
    return threshold
      .map((net, bit) => builder.and(net, turns[bits - 1 - bit]))
      .reduce((any, net) => builder.or(any, net));
  });
  return Array.from({ length: valuesIn(inputShape) * levels }, (_, index) => {
    builder.enterGroup(`layer0.bit${index}`, 'comparator');
    const plane = planes[Math.floor(index / levels)];
    const threshold = due[index % due.length];
    const reached = builder.openRegister();
    const beyond = builder.openRegister();
    const wasReached = builder.or(reached.q, start);
    const wasBeyond = builder.and(beyond.q, goesOn);
    const below = builder.not(threshold);
    reached.connect(builder.or(wasBeyond, builder.and(wasReached, builder.or(plane, below))));
    beyond.connect(builder.or(wasBeyond, builder.and(wasReached, builder.and(plane, below))));
    return reached.q;
  });
}
