/** Colours of values, read from the style once a theme. */
interface Colours {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly bad: readonly number[];
}

const darkTheme = matchMedia('(prefers-color-scheme: dark)');
let known: Colours | undefined;
darkTheme.addEventListener('change', () => (known = undefined));

function colours(): Colours {
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const rgb = (name: string): readonly number[] => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  };
  known = { low: rgb('--well'), high: rgb('--ink'), bad: rgb('--bad') };
  return known;
}

/** Values as a picture: a dot each. */
export interface Dots {
  readonly width: number;
  readonly height: number;
  /** From 0 to 1; below 0 there is no value; above 1 the value is wrong. */
  readonly levels: Float32Array;
  /** Whether 0 is black and 1 is white in every theme, as in a picture. If absent, 0 is the ground and 1 the ink. */
  readonly isPicture?: boolean;
}

const BLACK = [16, 19, 21] as const;
const WHITE = [255, 255, 255] as const;

/** Paints dots into a canvas of their size; the style stretches it. */
export function paint(canvas: HTMLCanvasElement, { width, height, levels, isPicture = false }: Dots): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  const { bad, ...theme } = colours();
  const { low, high } = isPicture ? { low: BLACK, high: WHITE } : theme;
  levels.forEach((level, index) => {
    if (level < 0) return;
    const at = 4 * index;
    for (let channel = 0; channel < 3; channel++) {
      image.data[at + channel] = level > 1 ? bad[channel] : low[channel] + level * (high[channel] - low[channel]);
    }
    image.data[at + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}
