import { useMemo } from 'preact/hooks';
import type { CircuitInput } from '../../../common/contract/live.js';
import { DotCanvas } from './dots.js';
import type { Dots } from './paint.js';

/** Dots of a sound or of a row of numbers: its height, and at most its width. */
const STRIP = { width: 256, height: 64 } as const;

/** What is shown to the network, as the network gets it. */
export function InputPicture({ input, values }: { readonly input: CircuitInput; readonly values: Uint8Array }) {
  const dots = useMemo(() => dotsOf(input, values), [input, values]);
  return <DotCanvas dots={dots} label="Input of the network" class={input.kind === 'picture' ? 'picture' : 'strip'} />;
}

function dotsOf({ kind, shape, bits }: CircuitInput, values: Uint8Array): Dots {
  const most = 2 ** bits - 1;
  if (kind === 'picture') {
    const [height, width, channels = 1] = shape;
    const levels = Float32Array.from({ length: width * height }, (_, pixel) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += values[pixel * channels + channel];
      return sum / (channels * most);
    });
    return { width, height, levels, isPicture: true };
  }
  return kind === 'sound' ? waveDots(values) : barDots(values, most);
}

/** A sound's envelope. A mu-law byte has its sign in the first bit, and all others inverted. */
function waveDots(values: Uint8Array): Dots {
  const { width, height } = STRIP;
  const levels = new Float32Array(width * height).fill(0);
  for (let column = 0; column < width; column++) {
    const from = Math.floor((column * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
    let loudest = 0;
    for (let index = from; index < to; index++) loudest = Math.max(loudest, ~values[index] & 127);
    const reach = Math.max(0.5, ((loudest / 127) * height) / 2);
    for (let row = Math.ceil(height / 2 - reach); row < height / 2 + reach; row++) levels[row * width + column] = 1;
  }
  return { width, height, levels };
}

function barDots(values: Uint8Array, most: number): Dots {
  const { height } = STRIP;
  const width = Math.min(values.length, STRIP.width);
  const levels = new Float32Array(width * height);
  for (let column = 0; column < width; column++) {
    const value = values[Math.floor((column * values.length) / width)];
    for (let row = Math.round(height * (1 - value / most)); row < height; row++) levels[row * width + column] = 0.7;
  }
  return { width, height, levels };
}
