import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** The token of its colour, such as `--soft`. */
  readonly colour: string;
  /** Lengths of dashes and gaps in pixels, so that no line is told by its colour alone. */
  readonly dash?: readonly number[];
  /** The axis that it is measured on. */
  readonly axis: 'left' | 'right';
}

export interface ChartAxis {
  readonly label: string;
  readonly format: (value: number) => string;
  readonly isLogarithmic?: boolean;
  /** The range for what the data spans. If absent, all of it with some air. */
  readonly range?: (least: number, most: number) => [number, number];
}

export interface ChartProps {
  /** What the chart shows, in words. */
  readonly label: string;
  readonly epochs: readonly number[];
  /** The last epoch that there will be. */
  readonly lastEpoch: number;
  readonly lines: readonly ChartLine[];
  readonly left: ChartAxis;
  readonly right?: ChartAxis;
  readonly height: number;
  /** Free pixels on the right where there is no axis. */
  readonly rightPixels?: number;
  /** The epoch to mark. */
  readonly marked?: number | undefined;
  /** Charts with one key move their cursors together. */
  readonly cursorKey?: string;
  /** Told the place in `epochs` under the cursor; undefined when there is none. */
  readonly onCursor?: (index: number | undefined) => void;
}

const AXIS_PIXELS = 52;
const AXIS_LABEL_PIXELS = 16;
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the library's enums are in its types alone */
const LEFT = 3 as UPlot.Axis.Side;
const RIGHT = 1 as UPlot.Axis.Side;
const LOGARITHMIC = 3 as UPlot.Scale.Distr;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */
const FONT = '11px system-ui, sans-serif';

/** What an axis on the right takes, for charts that stand below one with it. */
export const RIGHT_AXIS_PIXELS = AXIS_PIXELS + AXIS_LABEL_PIXELS;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Curves over epochs. Drawn anew when a point comes, and when light turns to dark. */
export function Chart(props: ChartProps) {
  const { label, epochs, lines, height, cursorKey, right } = props;
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const shape = JSON.stringify([height, cursorKey, right?.label, lines.map(({ label, colour }) => [label, colour])]);

  useEffect(() => {
    const root = element.current!;
    const drawn = new UPlot(optionsFor(latest, root.clientWidth), dataOf(latest.current), root);
    chart.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: root.clientWidth, height: latest.current.height }));
    resized.observe(root);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => drawn.redraw();
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      drawn.destroy();
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(latest.current)), [epochs, lines, props.lastEpoch, props.marked]);

  return <div class="chart" role="img" aria-label={label} ref={element} style={{ height: `${height}px` }} />;
}

const dataOf = ({ epochs, lines }: ChartProps): UPlot.AlignedData => [
  [...epochs],
  ...lines.map(({ values }) => [...values]),
];

function optionsFor(latest: { readonly current: ChartProps }, width: number): UPlot.Options {
  const { lines, left, right, height, cursorKey, rightPixels = 16 } = latest.current;
  const axis = (scale: 'left' | 'right', { format, label, isLogarithmic = false }: ChartAxis): UPlot.Axis => ({
    scale,
    side: scale === 'left' ? LEFT : RIGHT,
    size: AXIS_PIXELS,
    font: FONT,
    gap: 4,
    stroke: () => token('--muted'),
    grid: { show: scale === 'left', stroke: () => token('--line'), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map(format),
    label,
    ...(isLogarithmic ? { splits: powersOfTen, filter: (_: UPlot, splits: number[]) => splits } : {}),
    labelSize: AXIS_LABEL_PIXELS,
    labelFont: FONT,
    labelGap: 0,
  });
  const scale = ({ isLogarithmic = false, range }: ChartAxis): UPlot.Scale => ({
    ...(isLogarithmic ? { distr: LOGARITHMIC, log: 10 as const } : {}),
    ...(range === undefined
      ? {}
      : { range: (_: UPlot, least: number | null, most: number | null) => range(least ?? 0, most ?? 1) }),
  });
  return {
    width: Math.max(1, width),
    height,
    legend: { show: false },
    padding: [8, right === undefined ? rightPixels : 0, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
      ...(cursorKey === undefined ? {} : { sync: { key: cursorKey, setSeries: false } }),
    },
    scales: {
      x: { time: false, range: () => [1, Math.max(2, latest.current.lastEpoch)] },
      left: scale(left),
      ...(right === undefined ? {} : { right: scale(right) }),
    },
    axes: [
      {
        font: FONT,
        size: 24,
        gap: 2,
        stroke: () => token('--muted'),
        grid: { show: false },
        ticks: { stroke: () => token('--line-strong'), width: 1, size: 4 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      },
      axis('left', left),
      ...(right === undefined ? [] : [axis('right', right)]),
    ],
    series: [
      {},
      ...lines.map(({ label, colour, dash, axis: on }): UPlot.Series => ({
        label,
        scale: on,
        stroke: () => token(colour),
        width: 1.5,
        ...(dash === undefined ? {} : { dash: [...dash] }),
        points: { show: (_, __, from, to) => to - from < 1, size: 5, fill: () => token(colour) },
        spanGaps: true,
      })),
    ],
    hooks: {
      draw: [(drawn) => drawMark(drawn, latest.current.marked)],
      setCursor: [({ cursor: { idx } }) => latest.current.onCursor?.(idx === null ? undefined : idx)],
    },
  };
}

const powersOfTen = (_: UPlot, __: number, least: number, most: number): number[] => {
  const first = Math.ceil(Math.log10(least));
  return Array.from({ length: Math.max(1, Math.floor(Math.log10(most)) - first + 1) }, (___, at) => 10 ** (first + at));
};

/** Marks an epoch by a line and a triangle at its top. */
function drawMark(drawn: UPlot, epoch: number | undefined): void {
  if (epoch === undefined) return;
  const { ctx, bbox } = drawn;
  const x = Math.round(drawn.valToPos(epoch, 'x', true));
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = token('--muted');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - size, bbox.top - size);
  ctx.lineTo(x + size, bbox.top - size);
  ctx.lineTo(x, bbox.top + size);
  ctx.fill();
  ctx.restore();
}
