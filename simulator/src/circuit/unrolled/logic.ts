import type { NetlistBuilder } from '../../netlist/builder.js';

/**
 * Builds a table over its pins, registered: the bits of its mask in configuration cells, and a tree of selectors. The
 * lowest pin selects among neighbours, the highest one between the halves of the mask.
 */
export function buildTable(builder: NetlistBuilder, path: string, pins: readonly number[]): number {
  builder.enterGroup(`${path}.mask`, 'configuration');
  let entries = Array.from({ length: 2 ** pins.length }, () => builder.configuration());
  builder.enterGroup(path, 'selector');
  for (const pin of pins) {
    entries = Array.from({ length: entries.length / 2 }, (_, at) =>
      builder.mux(pin, entries[2 * at + 1], entries[2 * at]),
    );
  }
  return builder.register(entries[0]);
}
