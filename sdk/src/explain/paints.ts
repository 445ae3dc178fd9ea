import { count } from '../text/format.js';
import type { LayerExplanation } from './explain.js';
import { extremes } from './text.js';
import type { Paint } from './feature-maps.js';

type Colour = readonly [number, number, number];

/**
 * Vermilion and blue (Okabe and Ito), which every kind of colour vision tells apart; as --hard and --soft of the page.
 */
const ABOVE: Colour = [200, 80, 10];
const BELOW: Colour = [0, 114, 178];
/** What is next to nothing is still not white. */
const LEAST = 0.12;

/** Returns a colour on white, from hardly there at 0 to full at 1. */
function shade(colour: Colour, strength: number): Colour {
  const share = LEAST + (1 - LEAST) * strength;
  return [0, 1, 2].map((part) => Math.round(255 - share * (255 - colour[part]))) as [number, number, number];
}

/** How the values of a layer are drawn, and what that means. */
export interface Painting {
  readonly paint: Paint;
  readonly legend: string;
}

/**
 * Chooses how values are painted: bits with a threshold by their margin, values of both signs by theirs, everything
 * else from black to white. Strength goes with the square root, because most sums lie near the middle of what the
 * largest reach.
 */
export function paintingOf({ values, bits }: LayerExplanation): Painting {
  if (bits !== undefined) {
    const most = largest(bits.margins);
    return {
      paint: (index) => shade(values[index] === 1 ? ABOVE : BELOW, Math.sqrt(Math.abs(bits.margins[index]) / most)),
      legend: 'orange 1, blue 0; pale is near the threshold',
    };
  }
  const { minimum, maximum } = extremes(values);
  if (minimum < 0) {
    const most = largest(values);
    return {
      paint: (index) => (values[index] === 0 ? [255, 255, 255] : signed(values[index], most)),
      legend: 'orange above 0, blue below',
    };
  }
  return {
    paint: (index) => {
      const grey = maximum === 0 ? 0 : Math.round(255 * Math.sqrt(values[index] / maximum));
      return [grey, grey, grey];
    },
    legend: `black 0, white ${count(maximum)}`,
  };
}

const signed = (value: number, most: number): Colour =>
  shade(value > 0 ? ABOVE : BELOW, Math.sqrt(Math.abs(value) / most));

function largest(values: Int32Array): number {
  const { minimum, maximum } = extremes(values);
  return Math.max(1, -minimum, maximum);
}
