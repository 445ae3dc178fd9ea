import type { FormatError } from '../errors.js';
import { badValue } from './frames.js';
import { LAYER, PROGRAM } from './layout.js';

/**
 * One layer's record in the program. It keeps track of the bytes that are read. Bytes that have no meaning for a layer
 * must be 0, so that equal networks have equal bytes and later versions can use them.
 */
export class LayerRecord {
  readonly #at: number;
  readonly #isRead = new Uint8Array(LAYER.size);

  readonly #payload: DataView;
  readonly #fileOffset: number;

  /**
   * Reads a record.
   * @param fileOffset offset of the program's payload in the file
   */
  constructor(
    payload: DataView,
    readonly index: number,
    fileOffset: number,
  ) {
    this.#payload = payload;
    this.#fileOffset = fileOffset;

    this.#at = PROGRAM.size + index * LAYER.size;
  }

  bad(what: string): FormatError {
    return badValue(this.#fileOffset + this.#at, `has a layer ${this.index} that ${what}`);
  }

  u8(field: number): number {
    this.#isRead.fill(1, field, field + 1);
    return this.#payload.getUint8(this.#at + field);
  }

  u16(field: number): number {
    this.#isRead.fill(1, field, field + 2);
    return this.#payload.getUint16(this.#at + field, true);
  }

  u32(field: number): number {
    this.#isRead.fill(1, field, field + 4);
    return this.#payload.getUint32(this.#at + field, true);
  }

  i32(field: number): number {
    return this.u32(field) | 0;
  }

  /** Reads a field whose value stands for a name. */
  choice<Name extends string>(field: number, names: Readonly<Record<Name, number>>): Name {
    const value = this.u8(field);
    for (const name in names) if (names[name] === value) return name;
    throw this.bad(`has a value ${value} at byte ${field} that means nothing`);
  }

  /** Reads three extents, each positive and below 2^24; their product is below 2^31. */
  shape(field: number): readonly [number, number, number] {
    const shape = [this.u32(field), this.u32(field + 4), this.u32(field + 8)] as const;
    const count = shape[0] * shape[1] * shape[2];
    if (shape.some((extent) => extent < 1 || extent > 0xffffff) || count > 0x7fffffff) {
      throw this.bad(`has a shape of ${shape.join(' x ')}`);
    }
    return shape;
  }

  /** Reads two extents of windows. Only those of padding may be 0. */
  extents(field: number): readonly [number, number] {
    const pair = [this.u16(field), this.u16(field + 2)] as const;
    if (field !== LAYER.paddingTop && pair.includes(0)) throw this.bad('has a window of no extent');
    return pair;
  }

  /**
   * Checks that all bytes that were not read are 0.
   * @throws FormatError at the first one that is not
   */
  checkRead(): void {
    for (let field = 0; field < LAYER.size; field++) {
      if (this.#isRead[field] === 0 && this.#payload.getUint8(this.#at + field) !== 0) {
        throw this.bad(`sets byte ${field}, which means nothing there`);
      }
    }
  }
}
