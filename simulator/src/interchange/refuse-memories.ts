import { NetlistError } from '../errors.js';
import type { Netlist } from '../netlist/netlist.js';

/**
 * Refuses circuits with memories, for formats that have gates and registers only.
 * @throws NetlistError `netlist.unsupported`
 */
export function refuseMemories({ name, memories }: Netlist, format: string): void {
  if (memories.length === 0) return;
  const message = `"${name}" has ${memories.length} memories, which ${format} cannot hold. Export Verilog or JSON.`;
  throw new NetlistError('unsupported', message, { memories: memories.length });
}
