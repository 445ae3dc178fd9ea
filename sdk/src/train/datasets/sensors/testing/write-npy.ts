/** Writes NPY files as numpy.save does, in every type, order and byte order. */
export interface NpyContent {
  /** As in `descr`: `<f4`. */
  readonly type: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Last axis fastest. */
  readonly values: readonly number[];
}

const WRITERS: Readonly<Record<string, (view: DataView, at: number, value: number, little: boolean) => void>> = {
  u1: (view, at, value) => view.setUint8(at, value),
  i1: (view, at, value) => view.setInt8(at, value),
  u2: (view, at, value, little) => view.setUint16(at, value, little),
  i2: (view, at, value, little) => view.setInt16(at, value, little),
  u4: (view, at, value, little) => view.setUint32(at, value, little),
  i4: (view, at, value, little) => view.setInt32(at, value, little),
  f4: (view, at, value, little) => view.setFloat32(at, value, little),
  f8: (view, at, value, little) => view.setFloat64(at, value, little),
};

export function writeNpy({ type, isFortran, shape, values }: NpyContent): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${type}', 'fortran_order': ${isFortran ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  const head = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const size = Number(type.slice(2));
  const bytes = new Uint8Array(10 + head.length + values.length * size);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, head.length & 0xff, head.length >> 8]);
  bytes.set(new TextEncoder().encode(head), 10);
  const view = new DataView(bytes.buffer, 10 + head.length);
  values.forEach((value, index) => {
    const at = isFortran ? firstAxisFastest(index, shape) : index;
    WRITERS[type.slice(1)](view, at * size, value, type[0] !== '>');
  });
  return bytes;
}

function firstAxisFastest(index: number, shape: readonly number[]): number {
  let rest = index;
  const places = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    places[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return places.reduceRight((at, place, axis) => at * shape[axis] + place, 0);
}
