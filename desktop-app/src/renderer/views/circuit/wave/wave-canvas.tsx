import { effect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { SignalTrace } from '../../../../common/contract/circuits.js';
import { colour, useTheme } from '../theme.js';
import { drawWave, ROW_PIXELS, RULER_PIXELS, type WaveColours, type WavePicture } from './wave-drawing.js';
import { cycles, groups, markers, viewport, width } from './wave-state.js';
import { formatOf } from './wave.js';
import { cycleAt, fit, panned, showing, within, zoomed } from './zoom.js';

const ZOOM = 1.5;
const WHEEL_PIXELS = 240;
/** A pointer that moved less did not drag. */
const DRAG_PIXELS = 4;

const colours = (): WaveColours => ({
  line: colour('--accent'),
  faint: colour('--wave-fill'),
  ink: colour('--ink'),
  muted: colour('--muted'),
  paper: colour('--paper'),
  a: colour('--ink'),
  b: colour('--hard'),
});

/** Sets a marker, and brings it into sight. */
function mark(name: 'a' | 'b', cycle: number): void {
  const at = Math.min(Math.max(0, cycle), cycles.value - 1);
  markers.value = { ...markers.value, [name]: at };
  viewport.value = showing(viewport.value, at, cycles.value, width.value);
}

const zoom = (factor: number, x: number): void => {
  viewport.value = zoomed(viewport.value, factor, x, cycles.value, width.value);
};

/** Zooms about marker A where it is in sight, else about the middle. */
function zoomAtMarker(factor: number): void {
  const x = (markers.value.a + 0.5 - viewport.value.from) / viewport.value.perPixel;
  zoom(factor, x >= 0 && x <= width.value ? x : width.value / 2);
}

const pan = (pixels: number): void => {
  viewport.value = panned(viewport.value, pixels, cycles.value, width.value);
};

function press({ key, shiftKey }: KeyboardEvent): boolean {
  const { a, b = a } = markers.value;
  const move = (by: number): void => (shiftKey ? mark('b', b + by) : mark('a', a + by));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    Home: () => move(-Infinity),
    End: () => move(cycles.value),
    PageDown: () => pan(width.value * 0.8),
    PageUp: () => pan(-width.value * 0.8),
    '+': () => zoomAtMarker(ZOOM),
    '=': () => zoomAtMarker(ZOOM),
    '-': () => zoomAtMarker(1 / ZOOM),
    f: () => (viewport.value = fit(cycles.value, width.value)),
  };
  if (!Object.hasOwn(keys, key)) return false;
  keys[key]();
  return true;
}

/** The waveform itself. It is drawn beside the page's own drawing, so that panning moves nothing else. */
export function WaveCanvas({ traced }: { readonly traced: SignalTrace }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const rows = groups.value.reduce((sum, { names }) => sum + 1 + names.length, 0);
  const height = RULER_PIXELS + rows * ROW_PIXELS;

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const isFitted = width.value === 0 || viewport.value.perPixel >= fit(cycles.value, width.value).perPixel * 0.999;
      width.value = Math.floor(contentRect.width);
      viewport.value = isFitted ? fit(cycles.value, width.value) : within(viewport.value, cycles.value, width.value);
    });
    observer.observe(canvas.current!.parentElement!);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const chosen = colours();
    const byName = new Map(traced.signals.map((signal) => [signal.name, signal]));
    let frame = 0;
    const draw = (picture: WavePicture): void => {
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      const ratio = window.devicePixelRatio;
      const { canvas: element } = context;
      const [wide, high] = [Math.round(picture.width * ratio), Math.round(height * ratio)];
      if (element.width !== wide || element.height !== high) {
        element.width = wide;
        element.height = high;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawWave(context, picture, chosen);
    };
    const stop = effect(() => {
      const picture: WavePicture = {
        rows: groups.value.flatMap(({ names }) => [
          undefined,
          ...names.map((name) => {
            const signal = byName.get(name);
            return signal && { signal, format: formatOf(signal) };
          }),
        ]),
        window: viewport.value,
        from: traced.from,
        to: traced.to,
        markers: markers.value,
        width: width.value,
      };
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => draw(picture));
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [traced, theme, height]);

  const dragged = useRef<{ readonly x: number; moved: number }>(undefined);
  return (
    <div class="plot">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label="Waveform. Arrows move marker A, Shift and arrows marker B, plus and minus zoom, F fits."
        style={{ height: `${height}px` }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey || !press(event)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
        onWheel={(event) => {
          const { ctrlKey, metaKey, shiftKey, deltaX, deltaY, offsetX } = event;
          if (ctrlKey || metaKey) zoom(2 ** (-deltaY / WHEEL_PIXELS), offsetX);
          else if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) pan(deltaX === 0 ? deltaY : deltaX);
          else return;
          event.preventDefault();
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragged.current = { x: event.offsetX, moved: 0 };
        }}
        onPointerMove={({ movementX }) => {
          if (!dragged.current) return;
          dragged.current.moved += Math.abs(movementX);
          if (dragged.current.moved >= DRAG_PIXELS) pan(-movementX);
        }}
        onPointerUp={({ offsetX, shiftKey }) => {
          const { current } = dragged;
          dragged.current = undefined;
          if (current && current.moved < DRAG_PIXELS)
            mark(shiftKey ? 'b' : 'a', Math.floor(cycleAt(viewport.value, offsetX)));
        }}
        onPointerCancel={() => (dragged.current = undefined)}
      />
    </div>
  );
}
