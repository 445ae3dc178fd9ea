/** A one-bit net as Verilog names it: a scalar, or a bit of a vector. */
export interface NetReference {
  readonly text: string;
  readonly vector?: { readonly name: string; readonly bit: number; readonly width: number };
}

export const reference = (name: string, bit = 0, width = 1): NetReference =>
  width === 1 ? { text: name } : { text: `${name}[${bit}]`, vector: { name, bit, width } };

const LINE_COLUMNS = 100;

/** Writes bits, least significant first, as one Verilog expression. Consecutive bits of one vector become a slice. */
export function concatenation(bits: readonly NetReference[]): string {
  const parts: string[] = [];
  for (let low = 0; low < bits.length;) {
    let high = low;
    while (high + 1 < bits.length && follows(bits[high], bits[high + 1])) high++;
    parts.push(slice(bits[low], bits[high]));
    low = high + 1;
  }
  return parts.length === 1 ? parts[0] : `{${wrapped(parts.reverse())}}`;
}

const follows = (low: NetReference, high: NetReference): boolean =>
  low.vector !== undefined && high.vector?.name === low.vector.name && high.vector.bit === low.vector.bit + 1;

function slice(low: NetReference, high: NetReference): string {
  if (!low.vector || !high.vector || low === high) return low.text;
  const { name, width } = low.vector;
  return high.vector.bit - low.vector.bit + 1 === width ? name : `${name}[${high.vector.bit}:${low.vector.bit}]`;
}

function wrapped(parts: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line.length + part.length > LINE_COLUMNS) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? part : `, ${part}`;
  }
  return [...lines, line].join(',\n      ');
}

/** Writes a literal of any width. A long one becomes a concatenation, because some tools limit a literal's length. */
export function literal(width: number, bitAt: (bit: number) => number): string {
  const PART_BITS = 256;
  const parts: string[] = [];
  for (let low = 0; low < width; low += PART_BITS) {
    const partWidth = Math.min(PART_BITS, width - low);
    let digits = '';
    for (let nibble = 0; nibble < partWidth; nibble += 4) {
      let value = 0;
      for (let bit = 0; bit < Math.min(4, partWidth - nibble); bit++) value |= (bitAt(low + nibble + bit) & 1) << bit;
      digits = value.toString(16) + digits;
    }
    parts.push(`${partWidth}'h${digits}`);
  }
  return parts.length === 1 ? parts[0] : `{${wrapped(parts.reverse())}}`;
}
