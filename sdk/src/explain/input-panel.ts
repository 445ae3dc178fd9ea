import { html, raw, type Html } from '../report/html.js';
import { colourPicture, grayPicture } from '../report/pictures.js';
import { panelHead, WIDTH, type Panel } from './panels.js';

/** What a circuit was given, and how its values stand. */
export interface ExplainedInput {
  readonly values: Uint8Array;
  /** [height, width], [height, width, 3], or anything else for a line of values. */
  readonly shape: readonly number[];
}

const SIDE = 128;
const WAVE_HEIGHT = 90;
const LEFT = 16;

/** Draws the input as a picture, or as a wave. */
export function inputPanel({ values, shape }: ExplainedInput): Panel {
  const [height, width, channels = 1] = shape;
  const head = panelHead(`input, ${shape.join(' x ')}`);
  if (shape.length < 2 || (channels !== 1 && channels !== 3)) {
    return { height: WAVE_HEIGHT + 46, content: html`${head}<g transform="translate(${LEFT} 32)">${wave(values)}</g>` };
  }
  const uri = channels === 3 ? colourPicture(values, [height, width]) : grayPicture(values, [height, width]);
  const shown = Math.round((SIDE * width) / height);
  return {
    height: SIDE + 46,
    content: html`${head}<image
        x="${LEFT}"
        y="32"
        width="${shown}"
        height="${SIDE}"
        href="${uri}"
        style="image-rendering: pixelated"
      />`,
  };
}

/** Draws the lowest and the highest value of every part that is a pixel wide. */
function wave(values: Uint8Array): Html {
  const columns = Math.min(WIDTH - 2 * LEFT, values.length);
  const scale = WAVE_HEIGHT / 255;
  const lines = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const part = values.subarray(from, Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns)));
    const [low, high] = [Math.min(...part), Math.max(...part)];
    const x = ((column + 0.5) * (WIDTH - 2 * LEFT)) / columns;
    return `M${x.toFixed(1)} ${((255 - high) * scale).toFixed(1)}V${((255 - low) * scale + 1).toFixed(1)}`;
  });
  return raw(`<path d="${lines.join('')}" stroke="var(--accent)" fill="none" />`);
}
