import { whole } from '../../parts/format.js';

const BINS = 32;
const HEIGHT = 40;
const WIDTH = 320;

/** How the constants of a layer are spread, and where the chosen one lies. */
export function Histogram({
  name,
  values,
  chosen,
}: {
  readonly name: string;
  readonly values: readonly number[];
  readonly chosen?: number | undefined;
}) {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const span = Math.max(1, high - low);
  const x = (value: number): number => (WIDTH * (value - low)) / span;
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) bins[Math.min(BINS - 1, Math.floor((BINS * (value - low)) / span))]++;
  const most = Math.max(...bins);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return (
    <figure class="histogram">
      <figcaption>
        <span>{name}</span>
        {chosen !== undefined && <b>{whole(values[chosen])}</b>}
        <span class="muted">mean {mean.toFixed(1)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${low} to ${high}`}
      >
        {bins.map((count, bin) => (
          <rect
            key={bin}
            x={(WIDTH * bin) / BINS}
            width={WIDTH / BINS - 1}
            y={HEIGHT - (HEIGHT * count) / most}
            height={(HEIGHT * count) / most}
          />
        ))}
        {chosen !== undefined && <line x1={x(values[chosen])} x2={x(values[chosen])} y1={0} y2={HEIGHT} />}
      </svg>
      <div class="ends">
        <span>{whole(low)}</span>
        <span>{whole(high)}</span>
      </div>
    </figure>
  );
}
