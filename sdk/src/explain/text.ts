import { count } from '../cli/format.js';
import type { Explanation, LayerExplanation } from './explain.js';
import { answerText, columns } from './columns.js';
import { nearest } from './explain.js';

/** An explanation as text, with so many neurons of each layer: those nearest to their thresholds. */
export function explanationText(explanation: Explanation, most: number): string {
  const { layers, outputs } = explanation;
  const rows = outputs.map(({ class: label, count: agreeing, offset, output }) => [
    ...[String(label), count(agreeing), count(offset), count(output)],
  ]);
  return [
    answerText(explanation),
    ...layers.map((layer) => layerText(layer, most)),
    `outputs of layer ${layers.length}`,
    columns(['class', 'count', 'offset', 'output'], rows),
  ].join('\n');
}

function layerText(layer: LayerExplanation, most: number): string {
  const firing = layer.neurons.filter(({ fires }) => fires).length;
  const shown = nearest(layer, most);
  const rows = shown.map(({ neuron, count: agreeing, threshold, margin, fires }) => [
    ...[String(neuron), count(agreeing), count(threshold), count(margin), fires ? '1' : '0'],
  ]);
  return [
    `layer ${layer.layer}: ${firing} of ${layer.neurons.length} neurons fire; ${shown.length} nearest to turning`,
    columns(['neuron', 'count', 'threshold', 'margin', 'bit'], rows),
  ].join('\n');
}
