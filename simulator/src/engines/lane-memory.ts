import { getBit } from '../bits/bit-matrix.js';
import type { Memory } from '../netlist/memory.js';

/** An address that differs between lanes. */
const MIXED = -1;

/**
 * A memory in the compiled engine. The controller of a folded circuit gives all lanes the same address, so a word is
 * one copy; lanes that differ are served one by one. Words that are written lie here lane by lane, words that never
 * change once for all lanes.
 */
export class LaneMemory {
  private readonly width: number;
  /** Where the words of the nets start in the memory of the engine. */
  private readonly addressPlaces: Int32Array;
  private readonly dataPlaces: Int32Array;
  private readonly writeAddressPlaces: Int32Array;
  private readonly writeDataPlaces: Int32Array;
  private readonly enablePlace: number;
  /** Written memories: depth x width x wordsPerNet. */
  private readonly stored: Uint32Array;
  /** What was written at this clock edge: width x wordsPerNet. */
  private readonly incoming: Uint32Array;
  private readonly readLanes: Uint32Array;
  private readonly writeLanes: Uint32Array;
  private readAddress = 0;
  private writeAddress = 0;
  private isWriting = false;
  private enable: Uint32Array;
  /** The word that stands on the data nets while nothing changed it; undefined: unknown. */
  private shown: number | undefined;

  /** @param words the memory of the engine @param place where the words of a net start in it */
  constructor(
    private readonly memory: Memory,
    private readonly words: Uint32Array,
    private readonly wordsPerNet: number,
    place: (net: number) => number,
  ) {
    this.width = memory.data.length;
    this.addressPlaces = memory.address.map(place);
    this.dataPlaces = memory.data.map(place);
    this.writeAddressPlaces = memory.write?.address.map(place) ?? new Int32Array();
    this.writeDataPlaces = memory.write?.data.map(place) ?? new Int32Array();
    this.enablePlace = memory.write === undefined ? 0 : place(memory.write.enable);
    const wordSize = this.width * wordsPerNet;
    this.stored = new Uint32Array(memory.write === undefined ? 0 : memory.depth * wordSize);
    this.incoming = new Uint32Array(memory.write === undefined ? 0 : wordSize);
    this.readLanes = new Uint32Array(memory.address.length * wordsPerNet);
    this.writeLanes = new Uint32Array((memory.write?.address.length ?? 0) * wordsPerNet);
    this.enable = new Uint32Array(wordsPerNet);
    this.reset();
  }

  /** As after switching on. */
  reset(): void {
    const { contents, depth } = this.memory;
    this.stored.fill(0);
    if (this.stored.length > 0 && contents !== undefined) {
      for (let bit = 0; bit < depth * this.width; bit++) {
        if (getBit(contents, Math.floor(bit / this.width), bit % this.width) === 0) continue;
        this.stored.fill(0xffffffff, bit * this.wordsPerNet, (bit + 1) * this.wordsPerNet);
      }
    }
    this.dataPlaces.forEach((at) => this.words.fill(0, at, at + this.wordsPerNet));
    this.shown = undefined;
  }

  /** Looks at address, enable and data before the clock edge changes them. */
  sample(): void {
    this.readAddress = this.addressIn(this.addressPlaces, this.readLanes);
    if (this.memory.write === undefined) return;
    const at = this.enablePlace;
    this.isWriting = false;
    for (let word = 0; word < this.wordsPerNet; word++) {
      this.enable[word] = this.words[at + word];
      if (this.enable[word] !== 0) this.isWriting = true;
    }
    if (!this.isWriting) return;
    this.writeAddress = this.addressIn(this.writeAddressPlaces, this.writeLanes);
    const { words, incoming, wordsPerNet, writeDataPlaces } = this;
    for (let bit = 0; bit < this.width; bit++) {
      const from = writeDataPlaces[bit];
      for (let word = 0; word < wordsPerNet; word++) incoming[bit * wordsPerNet + word] = words[from + word];
    }
  }

  /** The clock edge: what was read comes to the data nets, what came in is stored. */
  step(): void {
    this.read();
    if (this.isWriting) this.store();
  }

  private read(): void {
    const { readAddress } = this;
    if (readAddress === MIXED) {
      this.readLaneByLane();
      this.shown = undefined;
    } else if (readAddress !== this.shown) {
      this.readOne(readAddress);
      this.shown = readAddress;
    }
  }

  private readOne(address: number): void {
    const { memory, words, wordsPerNet, width, stored, dataPlaces } = this;
    const { contents, depth } = memory;
    const row = address * (contents?.wordsPerRow ?? 0);
    for (let bit = 0; bit < width; bit++) {
      const to = dataPlaces[bit];
      if (address >= depth) {
        words.fill(0, to, to + wordsPerNet);
      } else if (stored.length > 0) {
        const from = (address * width + bit) * wordsPerNet;
        for (let word = 0; word < wordsPerNet; word++) words[to + word] = stored[from + word];
      } else {
        const value = contents === undefined ? 0 : -((contents.words[row + (bit >>> 5)] >>> (bit & 31)) & 1);
        for (let word = 0; word < wordsPerNet; word++) words[to + word] = value;
      }
    }
  }

  private readLaneByLane(): void {
    const { memory, words, wordsPerNet, width, stored } = this;
    for (let lane = 0; lane < 32 * wordsPerNet; lane++) {
      const address = addressOfLane(this.readLanes, lane, wordsPerNet);
      const word = lane >>> 5;
      const mask = 1 << (lane & 31);
      for (let bit = 0; bit < width; bit++) {
        const at = this.dataPlaces[bit] + word;
        const isOne =
          address < memory.depth &&
          (stored.length > 0
            ? (stored[(address * width + bit) * wordsPerNet + word] & mask) !== 0
            : memory.contents !== undefined && getBit(memory.contents, address, bit) === 1);
        words[at] = isOne ? words[at] | mask : words[at] & ~mask;
      }
    }
  }

  private store(): void {
    const { stored, incoming, wordsPerNet, width, enable } = this;
    const { depth } = this.memory;
    const size = width * wordsPerNet;
    const isAll = this.writeAddress !== MIXED && enable.every((word) => word === 0xffffffff);
    if (isAll) {
      if (this.writeAddress < depth) stored.set(incoming, this.writeAddress * size);
    } else {
      for (let lane = 0; lane < 32 * wordsPerNet; lane++) {
        const word = lane >>> 5;
        const mask = 1 << (lane & 31);
        const address = addressOfLane(this.writeLanes, lane, wordsPerNet);
        if ((enable[word] & mask) === 0 || address >= depth) continue;
        for (let bit = 0; bit < width; bit++) {
          const at = address * size + bit * wordsPerNet + word;
          const isOne = (incoming[bit * wordsPerNet + word] & mask) !== 0;
          stored[at] = isOne ? stored[at] | mask : stored[at] & ~mask;
        }
      }
    }
    this.shown = undefined;
  }

  /** The address if it is the same in all lanes, else MIXED; a copy of its lanes stays in `lanes`. */
  private addressIn(places: Int32Array, lanes: Uint32Array): number {
    const { words, wordsPerNet } = this;
    let address = 0;
    let isMixed = false;
    for (let bit = 0; bit < places.length; bit++) {
      const from = places[bit];
      const first = words[from];
      for (let word = 0; word < wordsPerNet; word++) {
        const value = words[from + word];
        lanes[bit * wordsPerNet + word] = value;
        if (value !== first) isMixed = true;
      }
      if (first === 0xffffffff) address += 2 ** bit;
      else if (first !== 0) isMixed = true;
    }
    return isMixed ? MIXED : address;
  }
}

function addressOfLane(lanes: Uint32Array, lane: number, wordsPerNet: number): number {
  let address = 0;
  for (let bit = 0; bit * wordsPerNet < lanes.length; bit++) {
    address += ((lanes[bit * wordsPerNet + (lane >>> 5)] >>> (lane & 31)) & 1) * 2 ** bit;
  }
  return address;
}
