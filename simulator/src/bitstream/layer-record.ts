import type { FormatError } from '../errors.js';
import { badValue } from './frames.js';
import { LAYER, PROGRAM } from './layout.js';

/**
 * One record of the program. It notices which bytes are read: those that mean nothing for a layer must be 0,
 * so that equal networks have equal bytes and later versions find room.
 */
export class LayerRecord {
  private readonly at: number;
  private readonly isRead = new Uint8Array(LAYER.size);

  /** @param fileOffset where the payload of the program starts in the file */
  constructor(
    private readonly payload: DataView,
    readonly index: number,
    private readonly fileOffset: number,
  ) {
    this.at = PROGRAM.size + index * LAYER.size;
  }

  bad(what: string): FormatError {
    return badValue(this.fileOffset + this.at, `has a layer ${this.index} that ${what}`);
  }

  u8(field: number): number {
    this.isRead.fill(1, field, field + 1);
    return this.payload.getUint8(this.at + field);
  }

  u16(field: number): number {
    this.isRead.fill(1, field, field + 2);
    return this.payload.getUint16(this.at + field, true);
  }

  u32(field: number): number {
    this.isRead.fill(1, field, field + 4);
    return this.payload.getUint32(this.at + field, true);
  }

  i32(field: number): number {
    return this.u32(field) | 0;
  }

  /** The name of a value that stands for one. */
  choice<Name extends string>(field: number, names: Readonly<Record<Name, number>>): Name {
    const value = this.u8(field);
    for (const name in names) if (names[name] === value) return name;
    throw this.bad(`has a value ${value} at byte ${field} that means nothing`);
  }

  /** Three extents, each positive and below 2^24, together below 2^31. */
  shape(field: number): readonly [number, number, number] {
    const shape = [this.u32(field), this.u32(field + 4), this.u32(field + 8)] as const;
    const count = shape[0] * shape[1] * shape[2];
    if (shape.some((extent) => extent < 1 || extent > 0xffffff) || count > 0x7fffffff) {
      throw this.bad(`has a shape of ${shape.join(' x ')}`);
    }
    return shape;
  }

  /** Two extents of windows; only padding may be 0, which the geometry's check sees. */
  extents(field: number): readonly [number, number] {
    const pair = [this.u16(field), this.u16(field + 2)] as const;
    if (field !== LAYER.paddingTop && pair.includes(0)) throw this.bad('has a window of no extent');
    return pair;
  }

  /** @throws FormatError when a byte that nobody read is not 0. */
  checkRead(): void {
    for (let field = 0; field < LAYER.size; field++) {
      if (this.isRead[field] === 0 && this.payload.getUint8(this.at + field) !== 0) {
        throw this.bad(`sets byte ${field}, which means nothing there`);
      }
    }
  }
}
