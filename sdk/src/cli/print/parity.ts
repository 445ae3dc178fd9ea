import { count } from '../../text/format.js';
import type { DeviceParity, DifferentLayer, FirstDifference } from '../../workflow/index.js';
import type { Terminal } from '../terminal.js';
import { failOnMismatch, witnessText } from './witness.js';

/** Says how a device stands to the oracle, and where it first differs. */
export function printParity(terminal: Terminal, parity: DeviceParity): void {
  const { oracle, difference } = parity;
  terminal.say(witnessText(oracle));
  if (difference !== undefined) for (const line of differenceLines(difference)) terminal.say(`  ${line}`);
  terminal.result(parity);
  failOnMismatch([oracle]);
}

/** Writes where a device first differs, in lines. */
export function differenceLines({ example, output, classes, layer, why }: FirstDifference): readonly string[] {
  const first = output === undefined ? 'the class' : `output ${output.index}`;
  const lines = [`example ${example} is the first: ${first} ${integers(output ?? classes!)}`];
  if (layer !== undefined) {
    return [
      ...lines,
      `it begins in ${layerText(layer)}: ${integers(layer)}`,
      `${count(layer.differing)} of ${count(layer.values)} values differ there, none before`,
    ];
  }
  return [
    ...lines,
    why === 'class-only'
      ? 'its firmware tells the class alone: put one that is not built so on the board to learn where it begins'
      : why === 'older-firmware'
        ? 'its firmware does not show the values of layers: update it to learn where it begins'
        : 'every layer was right when the example was run again: look at power, clock and memory of the board',
  ];
}

const integers = ({ device, oracle }: { readonly device: number; readonly oracle: number }): string =>
  `is ${device} on the device, ${oracle} by the oracle`;

/** Writes text such as "layer 2 (convolution), channel 3 at y 4, x 7". */
function layerText({ layer, kind, channel, y, x }: DifferentLayer): string {
  if (kind === 'input') return `the prepared input, value ${channel}`;
  const part = kind === 'dense' ? 'neuron' : 'channel';
  return `layer ${layer} (${kind}), ${part} ${channel}${y === undefined ? '' : ` at y ${y}, x ${x}`}`;
}
