import { useMemo, useState } from 'preact/hooks';
import type { EpochPoint } from '../../../common/contract/training.js';
import { Chart, RIGHT_AXIS_PIXELS, type ChartLine } from './chart.js';
import { accuracy, digits } from './words.js';

const ACCURACY_HEIGHT = 216;
const SHARPNESS_HEIGHT = 108;

/** Labels an axis in percent; the air above 100 has no label. */
export const toPercent = (value: number): string => (value > 100 ? '' : `${Number(value.toFixed(2))} %`);

/** Accuracy and loss above, sharpness below, with one cursor. */
export function Curves({ points, lastEpoch }: { readonly points: readonly EpochPoint[]; readonly lastEpoch: number }) {
  const [cursor, setCursor] = useState<number>();
  const { epochs, above, below } = useMemo(() => {
    const line = (
      label: string,
      value: (point: EpochPoint) => number,
      look: Pick<ChartLine, 'colour' | 'dash' | 'axis'>,
    ): ChartLine => ({ label, values: points.map(value), ...look });
    return {
      epochs: points.map(({ epoch }) => epoch),
      above: [
        line('loss', ({ loss }) => loss, { colour: '--muted', dash: [2, 3], axis: 'right' }),
        line('soft', ({ softAccuracy }) => 100 * softAccuracy, { colour: '--soft', dash: [6, 3], axis: 'left' }),
        line('hard', ({ hardAccuracy }) => 100 * hardAccuracy, { colour: '--hard', axis: 'left' }),
      ],
      below: [
        line('k of activations', ({ kActivation }) => kActivation, {
          colour: '--sharpness',
          dash: [6, 3],
          axis: 'left',
        }),
        line('k of weights', ({ kWeight }) => kWeight, { colour: '--sharpness', axis: 'left' }),
      ],
    };
  }, [points]);
  const at = points[Math.min(cursor ?? points.length - 1, points.length - 1)];
  const best = points.findLast(({ isBest }) => isBest);
  const shared = { epochs, lastEpoch, marked: best?.epoch, cursorKey: 'course', onCursor: setCursor };
  const bestWords = best === undefined ? '' : `, best at epoch ${best.epoch} with ${accuracy(best.hardAccuracy)}`;
  return (
    <figure class="curves">
      <figcaption class="legend">
        <span class="at">Epoch {at.epoch}, validation</span>
        <Key token="--hard" name="hard" value={accuracy(at.hardAccuracy)} />
        <Key token="--soft" name="soft" value={accuracy(at.softAccuracy)} dash="6 3" />
        <Key token="--muted" name="loss" value={`${digits(at.loss)} nats`} dash="2 3" />
        {best && <span>▾ best, epoch {best.epoch}</span>}
      </figcaption>
      <Chart
        {...shared}
        label={`Validation accuracy and loss of ${points.length} epochs${bestWords}`}
        lines={above}
        left={{ label: 'accuracy', format: toPercent, range: accuracyRange }}
        right={{ label: 'loss, nats', format: digits, range: (_, most) => [0, 1.1 * most] }}
        height={ACCURACY_HEIGHT}
      />
      <div class="legend">
        <span class="at">Sharpness</span>
        <Key token="--sharpness" name="k of weights" value={digits(at.kWeight)} />
        <Key token="--sharpness" name="k of activations" value={digits(at.kActivation)} dash="6 3" />
        <span>learning rate {at.learningRate.toExponential(2)}</span>
      </div>
      <Chart
        {...shared}
        label={`Sharpness k of ${points.length} epochs, from ${digits(points[0].kWeight)} to ${digits(points[points.length - 1].kWeight)}`}
        lines={below}
        left={{ label: 'k', format: digits, isLogarithmic: true, range: sharpnessRange }}
        height={SHARPNESS_HEIGHT}
        rightPixels={RIGHT_AXIS_PIXELS}
      />
    </figure>
  );
}

/** Points of accuracy that the axis spans at the least: noise shall not look like a course. */
const LEAST_SPAN = 4;

/** Some air around the curves, and never beyond what can be. */
export function accuracyRange(least: number, most: number): [number, number] {
  const air = Math.max(0.4, 0.08 * (most - least));
  return [Math.max(0, Math.min(least - air, most - LEAST_SPAN)), Math.min(100.4, most + air)];
}

const sharpnessRange = (least: number, most: number): [number, number] => [
  10 ** Math.floor(Math.log10(Math.max(least, 1e-3))),
  10 ** Math.max(1, Math.ceil(Math.log10(Math.max(most, 1e-3)))),
];

/** A piece of a line as it is drawn, its name and its value. */
export const Key = ({
  token,
  name,
  value,
  dash,
}: {
  readonly token: string;
  readonly name: string;
  readonly value?: string;
  readonly dash?: string;
}) => (
  <span>
    <svg class="line-key" viewBox="0 0 20 8" aria-hidden="true">
      <line x1="0" y1="4" x2="20" y2="4" style={{ stroke: `var(${token})` }} stroke-dasharray={dash} />
    </svg>
    {name}
    {value !== undefined && <b>{value}</b>}
  </span>
);

/** The numbers behind the curves, for those who read numbers, or hear them. */
export const Epochs = ({ points }: { readonly points: readonly EpochPoint[] }) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="epochs" onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>Numbers of every epoch</summary>
      {isOpen && (
        <table class="table" aria-label="Epochs">
          <thead>
            <tr>
              <th class="number">Epoch</th>
              <th class="number">Soft</th>
              <th class="number">Hard</th>
              <th class="number">Loss, nats</th>
              <th class="number">k of weights</th>
              <th class="number">k of activations</th>
              <th class="number">Learning rate</th>
              <th>Best so far</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.epoch}>
                <td class="number">{point.epoch}</td>
                <td class="number">{accuracy(point.softAccuracy)}</td>
                <td class="number">{accuracy(point.hardAccuracy)}</td>
                <td class="number">{digits(point.loss)}</td>
                <td class="number">{digits(point.kWeight)}</td>
                <td class="number">{digits(point.kActivation)}</td>
                <td class="number">{point.learningRate.toExponential(2)}</td>
                <td>{point.isBest ? '✓' : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
};
