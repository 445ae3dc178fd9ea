import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LayerFacts } from '../../../common/contract/circuits.js';
import { MAX_WEIGHT_BYTES } from '../../../common/limits.js';
import { call } from '../../bridge.js';
import { whole } from '../../parts/format.js';
import { attempt } from '../../state.js';
import { colour, mixed, pixelOf, useTheme } from './theme.js';
import { drawTile, tileShape, type WeightColours } from './weight-picture.js';

type WeightFacts = NonNullable<LayerFacts['weights']>;

const TILE_PIXELS = 84;
const LINE_PIXELS = 12;
const PAGE_PIXELS = 272;
const GAP = 6;
const LINE_GAP = 2;

export const weightColours = (): WeightColours => {
  const [low, high] = [pixelOf(colour('--weight-low')), pixelOf(colour('--weight-high'))];
  return {
    plus: pixelOf(colour('--weight-plus')),
    minus: pixelOf(colour('--weight-minus')),
    gap: pixelOf(colour('--paper')),
    grey: (weight) => mixed(low, high, (weight + 127) / 254),
  };
};

/** Draws tiles into a canvas: `at` gives the place and size of each in pixels of the canvas. */
function paint(
  context: CanvasRenderingContext2D,
  facts: WeightFacts,
  bytes: Uint8Array,
  rows: number,
  at: (row: number) => readonly [x: number, y: number, width: number, height: number],
): void {
  const shape = tileShape(facts.tile);
  const small = new OffscreenCanvas(shape.width, shape.height);
  const smallContext = small.getContext('2d')!;
  const colours = weightColours();
  context.imageSmoothingEnabled = false;
  for (let row = 0; row < rows; row++) {
    const pixels = drawTile(facts, bytes, row, shape, colours);
    const data = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
    smallContext.putImageData(new ImageData(data, shape.width, shape.height), 0, 0);
    context.drawImage(small, ...at(row));
  }
}

/** The weights of a layer as pictures, a page at a time. Arrows move among them, Enter goes into one. */
export function Weights({
  entry,
  layer,
  word,
  onOpen,
}: {
  readonly entry: string;
  readonly layer: LayerFacts & { readonly weights: WeightFacts };
  /** Neuron or channel. */
  readonly word: string;
  readonly onOpen: (row: number) => void;
}) {
  const { weights, index } = layer;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [available, setAvailable] = useState(0);
  const [cursor, setCursor] = useState(0);
  const [page, setPage] = useState<{ readonly key: string; readonly bytes: Uint8Array }>();
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setAvailable(Math.floor(contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  const place = useMemo(() => placement(weights, available), [weights, available]);
  const first = Math.floor(cursor / place.perPage) * place.perPage;
  const shown = Math.min(place.perPage, weights.rows - first);
  const key = `${entry} ${index} ${first} ${shown}`;
  useEffect(() => {
    if (available === 0) return undefined;
    let isWanted = true;
    void attempt(async () => {
      const bytes = await call('readWeights', { entry, layer: index, from: first, to: first + shown });
      if (isWanted) setPage({ key, bytes });
    });
    return () => {
      isWanted = false;
    };
  }, [key, available === 0]);
  const ratio = window.devicePixelRatio;
  const lines = Math.ceil(shown / place.across);
  const size = {
    width: Math.min(shown, place.across) * place.stepX - place.gapX,
    height: Math.max(1, lines * place.stepY - place.gapY),
  };
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || page?.key !== key) return;
    element.width = Math.round(size.width * ratio);
    element.height = Math.round(size.height * ratio);
    paint(context, weights, page.bytes, shown, (row) => [
      Math.round((row % place.across) * place.stepX * ratio),
      Math.round(Math.floor(row / place.across) * place.stepY * ratio),
      Math.round(place.width * ratio),
      Math.round(place.height * ratio),
    ]);
  }, [page, key, place, theme]);

  const move = (to: number): void => setCursor(Math.min(Math.max(0, to), weights.rows - 1));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => move(cursor + 1),
    ArrowLeft: () => move(cursor - 1),
    ArrowDown: () => move(cursor + place.across),
    ArrowUp: () => move(cursor - place.across),
    PageDown: () => move(cursor + place.perPage),
    PageUp: () => move(cursor - place.perPage),
    Home: () => move(0),
    End: () => move(weights.rows - 1),
    Enter: () => onOpen(cursor),
  };
  const rowAt = (event: MouseEvent): number => {
    const column = Math.min(place.across - 1, Math.floor(event.offsetX / place.stepX));
    return first + Math.min(shown - 1, Math.floor(event.offsetY / place.stepY) * place.across + column);
  };
  const at = cursor - first;
  return (
    <div class="weights" ref={frame}>
      <div
        class="tiles"
        tabIndex={0}
        role="group"
        aria-label={`Weights of layer ${index}: ${word} ${cursor} of ${weights.rows}. Arrows move, Enter opens.`}
        onKeyDown={(event) => {
          if (!Object.hasOwn(keys, event.key)) return;
          keys[event.key]();
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <canvas
          ref={canvas}
          style={{ width: `${size.width}px`, height: `${size.height}px` }}
          onMouseMove={(event) => setCursor(rowAt(event))}
          onClick={(event) => onOpen(rowAt(event))}
        />
        <i
          class="cursor"
          style={{
            left: `${3 + (at % place.across) * place.stepX}px`,
            top: `${3 + Math.floor(at / place.across) * place.stepY}px`,
            width: `${place.width}px`,
            height: `${place.height}px`,
          }}
        />
      </div>
      <p class="caption">
        <span>
          {word} <b>{cursor}</b>
        </span>
        <span class="muted">
          {shown === weights.rows
            ? `${whole(weights.rows)} in all`
            : `${first} to ${first + shown - 1} of ${whole(weights.rows)}`}
        </span>
        {shown < weights.rows && (
          <span>
            <button
              type="button"
              class="button quiet"
              disabled={first === 0}
              onClick={() => move(first - place.perPage)}
            >
              Before
            </button>
            <button
              type="button"
              class="button quiet"
              disabled={first + shown >= weights.rows}
              onClick={() => move(first + place.perPage)}
            >
              After
            </button>
          </span>
        )}
        <Legend form={weights.form} />
      </p>
    </div>
  );
}

/** The weights of one neuron or channel. */
export function WeightTile({
  entry,
  layer,
  row,
}: {
  readonly entry: string;
  readonly layer: LayerFacts & { readonly weights: WeightFacts };
  readonly row: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [bytes, setBytes] = useState<Uint8Array>();
  const { weights, index } = layer;
  const shape = tileShape(weights.tile);
  const isLine = shape.height === 1;
  const scale = Math.max(1, Math.min(16, Math.floor((isLine ? 512 : 224) / Math.max(shape.width, shape.height))));
  const height = isLine ? 24 : shape.height * scale;
  useEffect(() => {
    let isWanted = true;
    void attempt(async () => {
      const read = await call('readWeights', { entry, layer: index, from: row, to: row + 1 });
      if (isWanted) setBytes(read);
    });
    return () => {
      isWanted = false;
    };
  }, [entry, index, row]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !bytes) return;
    const { canvas: element } = context;
    element.width = shape.width * scale * window.devicePixelRatio;
    element.height = height * window.devicePixelRatio;
    paint(context, weights, bytes, 1, () => [0, 0, element.width, element.height]);
    element.dataset['row'] = String(row);
  }, [bytes, theme]);
  return (
    <canvas
      ref={canvas}
      class="tile"
      role="img"
      aria-label={`The ${weights.columns} weights`}
      style={{ width: `${shape.width * scale}px`, height: `${height}px` }}
    />
  );
}

export const Legend = ({ form }: { readonly form: WeightFacts['form'] }) =>
  form === 'binary' ? (
    <span class="weights-legend">
      <i class="swatch plus" />
      +1
      <i class="swatch minus" />
      −1
    </span>
  ) : (
    <span class="weights-legend">
      −127
      <i class="swatch grey" />
      +127
    </span>
  );

/** Where the tiles of a layer are: in a grid, or one line below the other. */
function placement(weights: WeightFacts, available: number) {
  const shape = tileShape(weights.tile);
  const isLine = shape.height === 1;
  const scale = isLine
    ? Math.max(1, Math.min(8, Math.floor(available / shape.width)))
    : Math.max(1, Math.floor(TILE_PIXELS / Math.max(shape.width, shape.height)));
  const width = shape.width * scale;
  const height = isLine ? LINE_PIXELS : shape.height * scale;
  // Kernels of several channels have gaps within; those between them are wider.
  const gap = weights.tile[2] > 1 ? Math.max(GAP, 3 * scale) : GAP;
  const [gapX, gapY] = isLine ? [0, LINE_GAP] : [gap, gap];
  const across = isLine ? 1 : Math.max(1, Math.floor((available + gapX) / (width + gapX)));
  const down = Math.max(1, Math.floor((PAGE_PIXELS + gapY) / (height + gapY)));
  const rowBytes = weights.form === 'binary' ? Math.ceil(weights.columns / 8) : weights.columns;
  const most = Math.max(1, Math.floor(MAX_WEIGHT_BYTES / rowBytes));
  return {
    width,
    height,
    gapX,
    gapY,
    stepX: width + gapX,
    stepY: height + gapY,
    across,
    perPage: Math.min(most, across * down),
  };
}
