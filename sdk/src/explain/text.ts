import type { PictureShape } from '@adiabit/simulator/network';
import { count } from '../text/format.js';
import { answerText, columns } from './columns.js';
import type { BitExplanation, Explanation, LayerExplanation } from './explain.js';

/** Returns an explanation as text. */
export function explanationText(explanation: Explanation): string {
  const { layers, outputs } = explanation;
  const rows = outputs.map(({ class: label, sum, offset, output }) => [
    ...[String(label), count(sum), count(offset), count(output)],
  ]);
  return [
    answerText(explanation),
    ...layers.flatMap((layer) => [
      `${headOf(layer)}: ${summaryOf(layer)}${nearestOf(layer)}`,
      ...(layer.bits === undefined ? [] : [bitTable(layer.shape, layer.bits.nearest)]),
    ]),
    `outputs of layer ${layers.length}`,
    columns(['class', 'sum', 'offset', 'output'], rows),
  ].join('\n');
}

/** Writes text such as "layer 2 convolution, 32 x 32 x 32, from layer 1". */
export function headOf({ layer, kind, shape, from }: LayerExplanation): string {
  const sources = from.map((source) => (source < 0 ? 'the input' : `layer ${source}`)).join(' and ');
  return `layer ${layer} ${kind}, ${extents(shape)}, from ${sources}`;
}

const nearestOf = ({ bits }: LayerExplanation): string =>
  bits === undefined ? '' : `; ${bits.nearest.length} nearest to turning`;

/** Writes text such as "32 x 32 x 16"; of a line "800 x 16", of a single place "16". */
const extents = ([height, width, channels]: PictureShape): string =>
  (height > 1 ? [height, width, channels] : width > 1 ? [width, channels] : [channels]).join(' x ');

/** Returns what its values are, in a few words. */
export function summaryOf({ values, bits, limits }: LayerExplanation): string {
  const how = (test: (value: number) => boolean): number =>
    values.reduce((sum, value) => sum + (test(value) ? 1 : 0), 0);
  const ones = `${count(how((value) => value === 1))} of ${count(values.length)} bits are 1`;
  if (bits !== undefined) return ones;
  const range = extremes(values);
  if (range.minimum >= 0 && range.maximum <= 1) return ones;
  const text = `values from ${count(range.minimum)} to ${count(range.maximum)}`;
  if (limits === undefined) return text;
  const held = [limits.minimum, limits.maximum].map((limit) => {
    const there = how((value) => value === limit);
    return `${count(there)} held at ${count(limit)}`;
  });
  return `${text}, ${held.join(' and ')}, of ${count(values.length)}`;
}

export function extremes(values: Int32Array): { readonly minimum: number; readonly maximum: number } {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const value of values) {
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  return { minimum, maximum };
}

/**
 * Formats the bits as a table. Columns that say nothing are left out: rows of a line, places where there is one, votes
 * where there are no weights.
 */
function bitTable([height, width]: PictureShape, bits: readonly BitExplanation[]): string {
  const names = [...(height > 1 ? ['y'] : []), ...(height * width > 1 ? ['x', 'channel'] : ['neuron'])];
  const hasVotes = bits.some(({ votes }) => votes !== undefined);
  const head = [...names, ...(hasVotes ? ['up', 'down'] : []), ...['sum', 'threshold', 'margin', 'bit']];
  const rows = bits.map(({ y, x, channel, votes, sum, threshold, margin, bit }) => [
    ...[y, x, channel].slice(-names.length).map(String),
    ...(votes === undefined ? [] : [count(votes.up), count(votes.down)]),
    ...[count(sum), count(threshold), count(margin), String(bit)],
  ]);
  return columns(head, rows);
}
