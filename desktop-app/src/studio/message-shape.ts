/** The deepest that values may lie in one another. Calls need five. */
const MAX_DEPTH = 32;

/** What follows the first byte of a value: bytes to skip, and values that lie in it. */
interface Rest {
  readonly bytes: number;
  readonly values: number;
}

/**
 * Tells whether bytes are one whole MessagePack value that holds as much as it says and is not too deep. A decoder makes room for
 * what a list says it holds: five kilobytes that lie about it would fill the memory.
 */
export function isWholeMessage(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** How many values are still to come, for each value that the place is in. */
  const open = [1];
  let offset = 0;
  while (open.length > 0) {
    if (open[open.length - 1] === 0) {
      open.pop();
      continue;
    }
    if (offset >= bytes.length || open.length > MAX_DEPTH) return false;
    open[open.length - 1]--;
    const rest = restOf(view, offset);
    if (rest === undefined) return false;
    offset += 1 + rest.bytes;
    if (rest.values > bytes.length - offset) return false;
    open.push(rest.values);
  }
  return offset === bytes.length;
}

function restOf(view: DataView, offset: number): Rest | undefined {
  const first = view.getUint8(offset);
  if (first < 0x80 || first >= 0xe0) return { bytes: 0, values: 0 };
  if (first < 0x90) return { bytes: 0, values: 2 * (first & 0x0f) };
  if (first < 0xa0) return { bytes: 0, values: first & 0x0f };
  if (first < 0xc0) return { bytes: first & 0x1f, values: 0 };
  if (first === 0xc1) return undefined;
  if (first <= 0xc3) return { bytes: 0, values: 0 };
  if (first >= 0xca && first <= 0xd3) return { bytes: NUMBER_BYTES[first - 0xca], values: 0 };
  if (first >= 0xd4 && first <= 0xd8) return { bytes: 1 + 2 ** (first - 0xd4), values: 0 };
  return counted(view, offset, first);
}

/** Floats, unsigned and signed integers. */
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];

/** Reads the count of bytes, values or pairs behind the first byte, as 8, 16 or 32 bits. */
function counted(view: DataView, offset: number, first: number): Rest | undefined {
  const [group, smallest] =
    first <= 0xc9 ? ([0xc4, 0] as const) : first <= 0xdb ? ([0xd9, 0] as const) : ([0xdc, 1] as const);
  const isExtension = first >= 0xc7 && first <= 0xc9;
  const sizes = smallest === 0 ? 3 : 2;
  const countBytes = 2 ** (smallest + ((first - group) % sizes));
  if (offset + 1 + countBytes > view.byteLength) return undefined;
  const count =
    countBytes === 1
      ? view.getUint8(offset + 1)
      : countBytes === 2
        ? view.getUint16(offset + 1)
        : view.getUint32(offset + 1);
  if (smallest === 0) return { bytes: countBytes + count + (isExtension ? 1 : 0), values: 0 };
  return { bytes: countBytes, values: first >= 0xde ? 2 * count : count };
}
