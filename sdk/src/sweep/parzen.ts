/**
 * A tree-structured Parzen estimator (J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for hyper-parameter optimization",
 * NIPS 2011). What was tried is parted into the good points and the others, each part gets a density, dimension by dimension, and of
 * some candidates drawn from the density l of the good ones the one is taken where l / g, over the density g of the others, is largest.
 */
import type { Random } from '../random.js';
import type { Choice, Range, SearchSpace } from '../project/sweep-config.js';
import { isChoice, placeOf, valueAt, type Point } from './space.js';

/** A point that was tried. */
export interface Tried {
  readonly point: Point;
  /** The higher the better. */
  readonly score: number;
}

/** The share of what was tried that counts as good. */
const GOOD_SHARE = 0.25;
const CANDIDATES = 24;
/** The narrowest kernel, so that values beside a good one are tried too. */
const NARROWEST = 0.05;

/** A density on [0, 1) for a range, over the values for a choice. */
interface Density {
  draw(random: Random): number;
  /** Returns the logarithm of the density at a place. */
  log(place: number): number;
}

/** Draws the next point. The same points tried and the same random numbers give the same point. */
export function suggest(space: SearchSpace, tried: readonly Tried[], random: Random): Point {
  const ranked = tried.map((one, index) => ({ ...one, index })).sort((a, b) => b.score - a.score || a.index - b.index);
  const goodCount = Math.max(1, Math.ceil(GOOD_SHARE * ranked.length));
  const [good, others] = [ranked.slice(0, goodCount), ranked.slice(goodCount)];
  const entries = Object.entries(space).map(([path, dimension]) => {
    const density = (part: readonly Tried[]): Density =>
      densityOf(dimension, part.map(({ point }) => placeOf(dimension, point[path])));
    return [path, valueBy(dimension, density(good), density(others), random)] as const;
  });
  return Object.fromEntries(entries);
}

function valueBy(dimension: Choice | Range, good: Density, others: Density, random: Random) {
  let best = { place: 0, gain: -Infinity };
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const place = good.draw(random);
    const gain = good.log(place) - others.log(place);
    if (gain > best.gain) best = { place, gain };
  }
  return valueAt(dimension, best.place);
}

const densityOf = (dimension: Choice | Range, places: readonly number[]): Density =>
  isChoice(dimension) ? shares(dimension.values.length, places) : kernels(places);

/** Counts how often each value occurs, one more for each so that none is impossible. */
function shares(values: number, places: readonly number[]): Density {
  const counts = Array.from({ length: values }, () => 1);
  const indexOf = (place: number): number => Math.min(values - 1, Math.floor(place * values));
  for (const place of places) counts[indexOf(place)]++;
  const total = places.length + values;
  return {
    draw: (random) => {
      let rest = random.uniform() * total;
      const index = counts.findIndex((count) => (rest -= count) < 0);
      return ((index < 0 ? values - 1 : index) + 0.5) / values;
    },
    log: (place) => Math.log(counts[indexOf(place)] / total),
  };
}

/** Puts a Gaussian kernel, cut off at 0 and 1, on every place, and a uniform one of the same weight on all. */
function kernels(places: readonly number[]): Density {
  const sorted = [...places].sort((a, b) => a - b);
  const widths = sorted.map((place, index) => {
    const before = sorted[index - 1] ?? 0;
    const after = sorted[index + 1] ?? 1;
    return Math.min(1, Math.max(NARROWEST, place - before, after - place));
  });
  const inside = sorted.map((place, index) => normalShare((1 - place) / widths[index]) - normalShare(-place / widths[index]));
  return {
    draw: (random) => {
      const index = random.below(sorted.length + 1);
      if (index === sorted.length) return random.uniform();
      for (;;) {
        const place = sorted[index] + widths[index] * normal(random);
        if (place >= 0 && place < 1) return place;
      }
    },
    log: (place) => {
      const sum = sorted.reduce((total, centre, index) => {
        const distance = (place - centre) / widths[index];
        return total + Math.exp(-0.5 * distance ** 2) / (widths[index] * Math.sqrt(2 * Math.PI) * inside[index]);
      }, 1);
      return Math.log(sum / (sorted.length + 1));
    },
  };
}

/** Draws from the normal distribution (G. E. P. Box and M. E. Muller, 1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

/** Returns the share of the normal distribution below a value, by its logistic approximation: a kernel's weight need not be exact. */
const normalShare = (value: number): number => 1 / (1 + Math.exp(-1.702 * value));
