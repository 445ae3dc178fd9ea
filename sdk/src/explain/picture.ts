import { barPanel, marginsPanel, outputsPanel } from './bar-panels.js';
import type { Explanation, LayerExplanation } from './explain.js';
import { featureMapPanel } from './feature-maps.js';
import { inputPanel, type ExplainedInput } from './input-panel.js';
import { headOf, summaryOf } from './text.js';
import { paintingOf } from './paints.js';
import { stacked, type Panel } from './panels.js';

/** Draws an explanation as a drawing of its own: the input, the feature maps or bars of every layer, the outputs. */
export function explanationPicture(explanation: Explanation, title: string, input: ExplainedInput): string {
  const { layers, outputs, class: winner } = explanation;
  const values = outputs.map(({ output }) => output);
  return stacked(title, [inputPanel(input), ...layers.map(layerPanel), outputsPanel(layers.length, values, winner)]);
}

function layerPanel(layer: LayerExplanation): Panel {
  const { layer: number, kind, shape, values, bits } = layer;
  const [height, width] = shape;
  if (height * width > 1) {
    const { paint, legend } = paintingOf(layer);
    return featureMapPanel(headOf(layer), `${summaryOf(layer)}; ${legend}`, shape, paint);
  }
  if (bits !== undefined) return marginsPanel(number, bits.margins, (neuron) => values[neuron] === 1);
  const label = `Values of layer ${number}, ${kind}.`;
  return barPanel(
    `${headOf(layer)}: ${summaryOf(layer)}`,
    label,
    Array.from(values, (value) => ({ value, fill: 'var(--accent)' })),
  );
}
