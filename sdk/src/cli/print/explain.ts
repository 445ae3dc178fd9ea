import type { LayerExplanation } from '../../explain/explain.js';
import { explanationText } from '../../explain/text.js';
import { writeWhole } from '../../files.js';
import { withPackages } from '../../packages/features.js';
import type { ExplainedExample } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { failOnMismatch, witnessText } from './witness.js';

/** Says why a circuit answers as it does, and draws it if asked to. */
export async function printExplanation(
  terminal: Terminal,
  { name, label, explanation, picture, witness }: ExplainedExample,
  { bitstream, index, svg }: { readonly bitstream: string; readonly index: number; readonly svg?: string },
): Promise<void> {
  terminal.say(`${bitstream}, test example ${index} (label ${label})`);
  terminal.say(explanationText(explanation));
  terminal.say(witnessText(witness));
  if (svg !== undefined) {
    const { explanationPicture } = await withPackages('charts', () => import('../../explain/picture.js'));
    const title = `${name}: test example ${index}, label ${label}, class ${explanation.class}`;
    await writeWhole(svg, explanationPicture(explanation, title, picture));
    terminal.say(`wrote ${svg}`);
  }
  terminal.result({ index, label, ...explanation, layers: explanation.layers.map(asJson), witness });
  failOnMismatch([witness]);
}

/** Arrays of numbers, which JSON has only one kind of. */
const asJson = ({ sums, values, bits, ...layer }: LayerExplanation) => ({
  ...layer,
  sums: [...sums],
  values: [...values],
  ...(bits === undefined ? {} : { bits: { ...bits, margins: [...bits.margins] } }),
});
