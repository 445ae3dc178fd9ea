import { marginsPanel, outputsPanel } from './bar-panels.js';
import type { Explanation } from './explain.js';
import { inputPanel, type ExplainedInput } from './input-panel.js';
import { stacked } from './panels.js';

/** An explanation as a drawing of its own: the margins of every layer's neurons in order of size, then the outputs. */
export function explanationPicture(explanation: Explanation, title: string, input?: ExplainedInput): string {
  const { layers, outputs, class: winner } = explanation;
  const layerPanels = layers.map(({ layer, neurons }) => {
    const margins = neurons.map(({ margin }) => margin);
    return marginsPanel(layer, margins, (neuron) => neurons[neuron].fires);
  });
  const values = outputs.map(({ output }) => output);
  return stacked(title, [
    ...(input === undefined ? [] : [inputPanel(input)]),
    ...layerPanels,
    outputsPanel(layers.length, values, winner),
  ]);
}
