import type { TracedSignal } from '../../../../common/contract/circuits.js';
import { formatValue, type FormatChoice } from './number-format.js';
import { cycleAt, lastAtMost, tickStep, xOf, type Window } from './zoom.js';

export const ROW_PIXELS = 24;
export const RULER_PIXELS = 24;
/** Changes nearer than this are one block. */
const LEAST_PIXELS = 2;
const TICK_PIXELS = 64;
const LETTER_PIXELS = 6.7;

export interface WaveColours {
  readonly line: string;
  readonly faint: string;
  readonly ink: string;
  readonly muted: string;
  readonly paper: string;
  readonly a: string;
  readonly b: string;
}

/** What is drawn: rows from the top, a gap where there is no signal. */
export interface WavePicture {
  readonly rows: readonly ({ readonly signal: TracedSignal; readonly format: FormatChoice } | undefined)[];
  readonly window: Window;
  /** The cycles that are known: from the first to before the last. */
  readonly from: number;
  readonly to: number;
  readonly markers: { readonly a: number; readonly b?: number };
  readonly width: number;
}

/** Draws a waveform. What it costs follows the pixels, not the changes. */
export function drawWave(context: CanvasRenderingContext2D, picture: WavePicture, colours: WaveColours): void {
  const { rows, width } = picture;
  const height = RULER_PIXELS + rows.length * ROW_PIXELS;
  context.clearRect(0, 0, width, height);
  context.font = '11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
  context.lineWidth = 1;
  drawRuler(context, picture, height, colours);
  rows.forEach((row, index) => {
    if (row === undefined) return;
    const top = RULER_PIXELS + index * ROW_PIXELS;
    if (row.signal.width === 1) drawBit(context, row.signal, picture, top, colours);
    else drawVector(context, row.signal, row.format, picture, top, colours);
  });
  drawMarker(context, picture, picture.markers.a, 'A', colours.a, height, colours.paper);
  if (picture.markers.b !== undefined)
    drawMarker(context, picture, picture.markers.b, 'B', colours.b, height, colours.paper);
}

function drawRuler(
  context: CanvasRenderingContext2D,
  { window, width }: WavePicture,
  height: number,
  { faint, muted }: WaveColours,
): void {
  const step = tickStep(window, TICK_PIXELS);
  const last = cycleAt(window, width);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (let cycle = Math.ceil(window.from / step) * step; cycle <= last; cycle += step) {
    const x = Math.round(xOf(window, cycle)) + 0.5;
    context.strokeStyle = faint;
    context.beginPath();
    context.moveTo(x, 14);
    context.lineTo(x, height);
    context.stroke();
    context.fillStyle = muted;
    context.fillText(cycle.toLocaleString('en-US'), x + 4, 9);
  }
}

/** Calls `show` for the stretches of a signal on the screen: one value each, or many where they are too near. */
function stretches(
  { cycles }: TracedSignal,
  { window, from, to, width }: WavePicture,
  show: (index: number, x0: number, x1: number, isMany: boolean) => void,
): void {
  const end = Math.min(width, xOf(window, to));
  let index = Math.max(0, lastAtMost(cycles, Math.max(from, Math.floor(window.from))));
  while (index < cycles.length) {
    const x0 = Math.max(0, xOf(window, cycles[index]));
    if (x0 >= end) return;
    const next = index + 1 < cycles.length ? Math.min(end, xOf(window, cycles[index + 1])) : end;
    if (next - x0 >= LEAST_PIXELS || index + 1 >= cycles.length) {
      show(index, x0, next, false);
      index++;
      continue;
    }
    // All changes up to the next pixels are one block, however many there are.
    let [last, x1] = [index, x0];
    do {
      last = Math.max(last + 1, lastAtMost(cycles, cycleAt(window, x1 + LEAST_PIXELS)));
      x1 = last < cycles.length ? Math.min(end, xOf(window, cycles[last])) : end;
    } while (last + 1 < cycles.length && x1 < end && xOf(window, cycles[last + 1]) - x1 < LEAST_PIXELS);
    show(index, x0, Math.max(x1, x0 + 1), true);
    index = last;
    if (x1 >= end) return;
  }
}

function drawBit(
  context: CanvasRenderingContext2D,
  signal: TracedSignal,
  picture: WavePicture,
  top: number,
  { line, faint }: WaveColours,
): void {
  const [high, low] = [top + 5.5, top + ROW_PIXELS - 5.5];
  const level = (index: number): number => (signal.values[index] === '1' ? high : low);
  context.strokeStyle = line;
  context.fillStyle = faint;
  let y: number | undefined;
  context.beginPath();
  stretches(signal, picture, (index, x0, x1, isMany) => {
    if (isMany) {
      context.rect(x0, high, x1 - x0, low - high);
      y = undefined;
      return;
    }
    const now = level(index);
    const x = Math.round(x0) + 0.5;
    if (y === undefined) context.moveTo(x, now);
    else {
      context.lineTo(x, y);
      context.lineTo(x, now);
    }
    context.lineTo(x1, now);
    if (signal.values[index] === '1') context.fillRect(x, high, x1 - x, low - high);
    y = now;
  });
  context.stroke();
}

function drawVector(
  context: CanvasRenderingContext2D,
  signal: TracedSignal,
  format: FormatChoice,
  picture: WavePicture,
  top: number,
  { line, faint, ink }: WaveColours,
): void {
  const [high, low, middle] = [top + 4.5, top + ROW_PIXELS - 4.5, top + ROW_PIXELS / 2];
  context.strokeStyle = line;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  stretches(signal, picture, (index, x0, x1, isMany) => {
    if (isMany) {
      context.fillStyle = faint;
      context.fillRect(x0, high, x1 - x0, low - high);
      context.strokeRect(x0, high, x1 - x0, low - high);
      return;
    }
    const slope = Math.min(3, (x1 - x0) / 2);
    context.beginPath();
    context.moveTo(x0, middle);
    context.lineTo(x0 + slope, high);
    context.lineTo(x1 - slope, high);
    context.lineTo(x1, middle);
    context.lineTo(x1 - slope, low);
    context.lineTo(x0 + slope, low);
    context.closePath();
    context.stroke();
    const room = Math.floor((x1 - x0 - 10) / LETTER_PIXELS);
    if (room < 1) return;
    const text = formatValue(signal.values[index], signal.width, signal.signed, format);
    context.fillStyle = ink;
    if (text.length <= room) context.fillText(text, x0 + 6, middle);
    else if (room >= 3) context.fillText(`${text.slice(0, room - 1)}…`, x0 + 6, middle);
  });
}

/** Draws a marker in the middle of its cycle. */
function drawMarker(
  context: CanvasRenderingContext2D,
  { window, width }: WavePicture,
  cycle: number,
  name: string,
  colour: string,
  height: number,
  paper: string,
): void {
  const x = Math.round(xOf(window, cycle + 0.5)) + 0.5;
  if (x < -8 || x > width + 8) return;
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(x, 16);
  context.lineTo(x, height);
  context.stroke();
  context.fillStyle = colour;
  context.fillRect(x - 7.5, 1, 15, 15);
  context.fillStyle = paper;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(name, x, 9);
}
