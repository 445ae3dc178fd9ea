import { bitMatrixFrom, getBit } from '../bits/bit-matrix.js';
import { inputsOf, type LogicLayer } from '../network/network.js';

/*
 * Tables of a logic layer, one record behind the other:
 *
 *     the low byte of every pin's position | the high bits of the positions | the mask
 *
 * A position has 8 + h bits, as many as that of the last input needs, 8 at least. The high bits of pin p are bits p * h and on
 * of one little-endian number of whole bytes, the mask is another one. So a reader needs no more than bytes in order.
 */

/** Gives the bits of a position above its low byte. */
export const highBitsOf = (inputs: number): number => Math.max(0, 32 - Math.clz32(inputs - 1) - 8);

const highBytes = (tableInputs: number, inputs: number): number => Math.ceil((tableInputs * highBitsOf(inputs)) / 8);
const maskBytes = (tableInputs: number): number => Math.ceil(2 ** tableInputs / 8);

/** Gives the bytes of one table's record before its mask. */
export const maskStart = (tableInputs: number, inputs: number): number => tableInputs + highBytes(tableInputs, inputs);

/** Gives the bytes of one table's record. */
export const tableBytes = (tableInputs: number, inputs: number): number =>
  maskStart(tableInputs, inputs) + maskBytes(tableInputs);

export function encodeTables(layer: LogicLayer): Uint8Array {
  const { tableInputs, wires, masks } = layer;
  const inputs = inputsOf(layer);
  const high = highBitsOf(inputs);
  const size = tableBytes(tableInputs, inputs);
  const bytes = new Uint8Array(masks.rows * size);
  for (let table = 0; table < masks.rows; table++) {
    const record = bytes.subarray(table * size, (table + 1) * size);
    for (let pin = 0; pin < tableInputs; pin++) {
      const position = wires[table * tableInputs + pin];
      record[pin] = position & 0xff;
      for (let bit = 0; bit < high; bit++) {
        setBit(record, 8 * tableInputs + pin * high + bit, (position >>> (8 + bit)) & 1);
      }
    }
    const start = 8 * maskStart(tableInputs, inputs);
    for (let entry = 0; entry < masks.columns; entry++) setBit(record, start + entry, getBit(masks, table, entry));
  }
  return bytes;
}

/**
 * Decodes whole records. Positions may lie outside the inputs.
 * @returns undefined if a bit is set that belongs to nothing
 */
export function decodeTables(
  payload: DataView,
  tableInputs: number,
  inputs: number,
): Pick<LogicLayer, 'wires' | 'masks'> | undefined {
  const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  const high = highBitsOf(inputs);
  const size = tableBytes(tableInputs, inputs);
  const tables = bytes.length / size;
  const highEnd = tableInputs * (8 + high);
  const maskAt = 8 * maskStart(tableInputs, inputs);
  const maskEnd = maskAt + 2 ** tableInputs;
  const bitAt = (table: number, bit: number): number => (bytes[table * size + (bit >>> 3)] >>> (bit & 7)) & 1;
  for (let table = 0; table < tables; table++) {
    for (let bit = highEnd; bit < maskAt; bit++) if (bitAt(table, bit) === 1) return undefined;
    for (let bit = maskEnd; bit < 8 * size; bit++) if (bitAt(table, bit) === 1) return undefined;
  }
  const wires = Uint32Array.from({ length: tables * tableInputs }, (_, at) => {
    const pin = at % tableInputs;
    const table = (at - pin) / tableInputs;
    let position = bytes[table * size + pin];
    for (let bit = 0; bit < high; bit++) position += bitAt(table, 8 * tableInputs + pin * high + bit) * 2 ** (8 + bit);
    return position;
  });
  return { wires, masks: bitMatrixFrom(tables, 2 ** tableInputs, (table, bit) => bitAt(table, maskAt + bit) === 1) };
}

function setBit(bytes: Uint8Array, bit: number, value: number): void {
  bytes[bit >>> 3] |= value << (bit & 7);
}
