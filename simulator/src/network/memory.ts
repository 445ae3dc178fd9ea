import { inputBytesOf, paddedTo4 } from '../bits/packing.js';
import { FormatError } from '../errors.js';
import { isCounted } from './counts.js';
import { givesBits, isBinary, outputsOf, sourcesOf, type Layer, type Network } from './network.js';
import { layerRanges, type Range } from './ranges.js';

/** The forms of values from the smallest to the largest. */
const FORMS = ['bits', 'u8', 'i8', 'i16', 'i32'] as const;

/** The form of values in memory: packed bits, or one number each. */
export type ValueForm = (typeof FORMS)[number];

/** The places of every layer's values while a device runs the network. */
export interface MemoryPlan {
  /** The size of the arena, a multiple of 4. */
  readonly arenaBytes: number;
  /** Per layer, the place of its values. */
  readonly outputs: readonly StoredValues[];
}

export interface StoredValues {
  readonly form: ValueForm;
  /** The offset in the arena in bytes, a multiple of 4. */
  readonly offset: number;
}

const LIMITS: Readonly<Record<ValueForm, Range>> = {
  bits: { minimum: 0, maximum: 1 },
  u8: { minimum: 0, maximum: 0xff },
  i8: { minimum: -0x80, maximum: 0x7f },
  i16: { minimum: -0x8000, maximum: 0x7fff },
  i32: { minimum: -0x80000000, maximum: 0x7fffffff },
};

const WIDTHS = { u8: 1, i8: 1, i16: 2, i32: 4 } as const;

const holds = (form: ValueForm, { minimum, maximum }: Range): boolean =>
  minimum >= LIMITS[form].minimum && maximum <= LIMITS[form].maximum;

/** Gives the bytes of `count` values, padded to a multiple of four. */
export function storedBytes(form: ValueForm, count: number): number {
  if (form === 'bits') return 4 * Math.ceil(count / 32);
  return paddedTo4(count * WIDTHS[form]);
}

/** Gives the bytes of `count` values without padding. */
export const packedBytes = (form: ValueForm, count: number): number =>
  form === 'bits' ? Math.ceil(count / 8) : count * WIDTHS[form];

/** Reads values as they lie in memory; `bytes` has `packedBytes` of them at least. */
export function readStoredValues(form: ValueForm, count: number, bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valueAt = (index: number): number => {
    switch (form) {
      case 'bits':
        return (bytes[index >> 3] >> (index & 7)) & 1;
      case 'u8':
        return bytes[index];
      case 'i8':
        return view.getInt8(index);
      case 'i16':
        return view.getInt16(2 * index, true);
      case 'i32':
        return view.getInt32(4 * index, true);
    }
  };
  return Int32Array.from({ length: count }, (_, index) => valueAt(index));
}

/**
 * Assigns each layer's values the lowest place that is free when the layer runs. Values are kept until the last layer
 * that reads them has run. They take the smallest form that holds their range; outputs take 32 bits.
 */
export function planMemory(network: Network): MemoryPlan {
  const ranges = layerRanges(network);
  const lastUses = lastUsesIn(network);
  const regions: Region[] = [];
  const outputs = network.layers.map((layer, index): StoredValues => {
    const isLast = index === network.layers.length - 1;
    const form = isLast ? 'i32' : (FORMS.find((candidate) => holds(candidate, ranges[index].values)) ?? 'i32');
    const bytes = storedBytes(form, outputsOf(layer));
    const taken = regions.filter((_, other) => lastUses[other] >= index).sort((a, b) => a.start - b.start);
    let offset = 0;
    for (const { start, end } of taken) if (start < offset + bytes) offset = Math.max(offset, end);
    regions.push({ start: offset, end: offset + bytes });
    return { form, offset };
  });
  return { arenaBytes: Math.max(...regions.map(({ end }) => end)), outputs };
}

interface Region {
  readonly start: number;
  readonly end: number;
}

/** Finds, per layer, the last layer that reads its values. Outputs are kept to the end. */
function lastUsesIn({ layers }: Network): number[] {
  const lastUses = layers.map((_, index) => (index === layers.length - 1 ? layers.length : index));
  layers.forEach((layer, index) => {
    for (const source of sourcesOf(layer, index)) if (source >= 0) lastUses[source] = Math.max(lastUses[source], index);
  });
  return lastUses;
}

/**
 * Checks that every layer's values fit their place and overwrite no values that are still read.
 * @throws FormatError `format.bad-value` naming the layer
 */
export function checkMemory(network: Network, { arenaBytes, outputs }: MemoryPlan): void {
  const refuse = (layer: number, what: string): never => {
    throw new FormatError('bad-value', `Layer ${layer}: ${what}. Compile the model again.`, { layer });
  };
  const ranges = layerRanges(network);
  const lastUses = lastUsesIn(network);
  const regions = network.layers.map((layer, index) => {
    const { form, offset } = outputs[index];
    return { start: offset, end: offset + storedBytes(form, outputsOf(layer)) };
  });
  outputs.forEach(({ form, offset }, index) => {
    const { end } = regions[index];
    const isLast = index === outputs.length - 1;
    if (isLast ? form !== 'i32' : !holds(form, ranges[index].values)) refuse(index, `values do not fit ${form}`);
    if (form !== 'bits' && givesBits(network.layers[index])) refuse(index, `bits are stored as ${form}`);
    if (offset % 4 !== 0 || end > arenaBytes) refuse(index, `values at ${offset} lie outside the memory`);
    const overwritten = regions.findIndex(
      (other, at) => at < index && lastUses[at] >= index && other.start < end && offset < other.end,
    );
    if (overwritten >= 0) refuse(index, `values overwrite those of layer ${overwritten}`);
  });
  if (arenaBytes % 4 !== 0) refuse(0, `a memory of ${arenaBytes} bytes is no multiple of 4`);
}

/**
 * Gives the RAM in bytes that a device needs to run the network: the input as received, its prepared values, its bit
 * planes if a layer counts them, the arena, and one window (`docs/formats/bitstream.md`, Memory).
 */
export function workBytesOf(network: Network, plan: MemoryPlan): number {
  const { count, bits, preparation, zeroPoints } = network.input;
  const isPlaned =
    bits > 1 && network.layers.some((layer, index) => readsInput(layer, index) && isCounted(network, index));
  const planes = isPlaned ? bits * storedBytes('bits', count) : 0;
  const values = preparation === undefined ? 0 : paddedTo4(count);
  const forms = (source: number): ValueForm =>
    source >= 0 ? plan.outputs[source].form : bits === 1 && zeroPoints === undefined ? 'bits' : 'u8';
  const windows = network.layers.map((layer, index) =>
    isCounted(network, index) ? 0 : windowBytes(layer, forms(sourcesOf(layer, index)[0])),
  );
  return paddedTo4(inputBytesOf(count, bits)) + values + planes + plan.arenaBytes + Math.max(...windows);
}

const readsInput = (layer: Layer, index: number): boolean => sourcesOf(layer, index).includes(-1);

/**
 * Gives the memory for one window. Binary weights over bits need two sets of packed words: the bits, and a mask of
 * those outside the picture. A dense layer reads its bits in place. All other layers need numbers of 16 bits, or of 32
 * if the values have more.
 */
function windowBytes(layer: Layer, form: ValueForm): number {
  if (layer.kind !== 'dense' && layer.kind !== 'convolution') return 0;
  const { columns } = layer.weights;
  if (form === 'bits' && isBinary(layer.weights)) return layer.kind === 'dense' ? 0 : 8 * Math.ceil(columns / 32);
  return paddedTo4(columns * (form === 'i32' ? 4 : 2));
}
