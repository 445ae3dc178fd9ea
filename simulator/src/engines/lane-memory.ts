import { getBit, popcount32 } from '../bits/bit-matrix.js';
import type { Memory } from '../netlist/memory.js';

/**
 * A memory in the compiled engine. The controller of a folded circuit gives all lanes the same address, so reading a
 * word is one copy. Lanes whose address differs from that of most lanes (strays) are served one by one. A writable
 * memory is stored per lane. A read-only memory is stored once for all lanes, with the bits that faults have flipped
 * beside it.
 */
export class LaneMemory {
  readonly #width: number;
  /** The first word of each address net in the engine's memory. */
  readonly #addressPlaces: Int32Array;
  readonly #dataPlaces: Int32Array;
  readonly #writeAddressPlaces: Int32Array;
  readonly #writeDataPlaces: Int32Array;
  readonly #enablePlace: number;
  /** The contents of a writable memory: depth x width x wordsPerNet. */
  readonly #stored: Uint32Array;
  /** The word that is written at this clock edge: width x wordsPerNet. */
  readonly #incoming: Uint32Array;
  /** The addresses that the lanes read, and those that they write. */
  readonly #reading: LaneAddress;
  readonly #writing: LaneAddress;
  #isWriting = false;
  #enable: Uint32Array;
  /** The word on the data nets of all lanes; undefined if it is not known to be the same in all. */
  #shown: number | undefined;
  /** The flipped bits of a read-only memory: by bit, the lanes in which it is flipped. */
  readonly #flipped = new Map<number, Uint32Array>();

  readonly #memory: Memory;
  readonly #words: Uint32Array;
  readonly #wordsPerNet: number;

  /**
   * Connects a memory to the engine.
   * @param words memory of the engine
   * @param place gives the first word of a net in it
   */
  constructor(memory: Memory, words: Uint32Array, wordsPerNet: number, place: (net: number) => number) {
    this.#memory = memory;
    this.#words = words;
    this.#wordsPerNet = wordsPerNet;

    this.#width = memory.data.length;
    this.#addressPlaces = memory.address.map(place);
    this.#dataPlaces = memory.data.map(place);
    this.#writeAddressPlaces = memory.write?.address.map(place) ?? new Int32Array();
    this.#writeDataPlaces = memory.write?.data.map(place) ?? new Int32Array();
    this.#enablePlace = memory.write === undefined ? 0 : place(memory.write.enable);
    const wordSize = this.#width * wordsPerNet;
    this.#stored = new Uint32Array(memory.write === undefined ? 0 : memory.depth * wordSize);
    this.#incoming = new Uint32Array(memory.write === undefined ? 0 : wordSize);
    this.#reading = laneAddress(memory.address.length, wordsPerNet);
    this.#writing = laneAddress(this.#writeAddressPlaces.length, wordsPerNet);
    this.#enable = new Uint32Array(wordsPerNet);
    this.reset();
  }

  /** Restores the initial contents, as power-on does. */
  reset(): void {
    const { contents, depth } = this.#memory;
    this.#stored.fill(0);
    if (this.#stored.length > 0 && contents !== undefined) {
      for (let bit = 0; bit < depth * this.#width; bit++) {
        if (getBit(contents, Math.floor(bit / this.#width), bit % this.#width) === 0) continue;
        this.#stored.fill(0xffffffff, bit * this.#wordsPerNet, (bit + 1) * this.#wordsPerNet);
      }
    }
    this.#dataPlaces.forEach((at) => this.#words.fill(0, at, at + this.#wordsPerNet));
    this.#flipped.clear();
    this.#shown = undefined;
  }

  /** Flips a bit, counted word by word, in some lanes. */
  flip(bit: number, lanes: Uint32Array): void {
    const stored = this.#stored;
    const wordsPerNet = this.#wordsPerNet;
    const isStored = stored.length > 0;
    const to = isStored
      ? stored.subarray(bit * wordsPerNet, (bit + 1) * wordsPerNet)
      : (this.#flipped.get(bit) ?? new Uint32Array(wordsPerNet));
    lanes.forEach((word, index) => (to[index] ^= word));
    if (!isStored) this.#flipped.set(bit, to);
    this.#shown = undefined;
  }

  /** Samples address, enable and data before the clock edge changes them. */
  sample(): void {
    this.#look(this.#addressPlaces, this.#reading);
    if (this.#memory.write === undefined) return;
    const at = this.#enablePlace;
    this.#isWriting = false;
    for (let word = 0; word < this.#wordsPerNet; word++) {
      this.#enable[word] = this.#words[at + word];
      if (this.#enable[word] !== 0) this.#isWriting = true;
    }
    if (!this.#isWriting) return;
    this.#look(this.#writeAddressPlaces, this.#writing);
    const words = this.#words;
    const incoming = this.#incoming;
    const wordsPerNet = this.#wordsPerNet;
    const writeDataPlaces = this.#writeDataPlaces;
    for (let bit = 0; bit < this.#width; bit++) {
      const from = writeDataPlaces[bit];
      for (let word = 0; word < wordsPerNet; word++) incoming[bit * wordsPerNet + word] = words[from + word];
    }
  }

  /** Simulates the clock edge: the word that was read appears on the data nets, and the sampled word is stored. */
  step(): void {
    this.#read();
    if (this.#isWriting) this.#store();
  }

  #read(): void {
    const { address, hasStrays } = this.#reading;
    if (address !== this.#shown) this.#readAll(address);
    if (hasStrays) this.#readStrays();
    this.#shown = hasStrays ? undefined : address;
  }

  #readAll(address: number): void {
    const memory = this.#memory;
    const words = this.#words;
    const wordsPerNet = this.#wordsPerNet;
    const width = this.#width;
    const stored = this.#stored;
    const dataPlaces = this.#dataPlaces;
    const flipped = this.#flipped;
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
        const lanes = flipped.size === 0 ? undefined : flipped.get(address * width + bit);
        lanes?.forEach((flips, word) => (words[to + word] ^= flips));
      }
    }
  }

  #readStrays(): void {
    const words = this.#words;
    const wordsPerNet = this.#wordsPerNet;
    const width = this.#width;
    const reading = this.#reading;
    for (let lane = 0; lane < 32 * wordsPerNet; lane++) {
      const word = lane >>> 5;
      const mask = 1 << (lane & 31);
      if ((reading.strays[word] & mask) === 0) continue;
      const address = addressOfLane(reading.bits, lane, wordsPerNet);
      for (let bit = 0; bit < width; bit++) {
        const at = this.#dataPlaces[bit] + word;
        words[at] = this.#bitOfLane(address, bit, word, mask) ? words[at] | mask : words[at] & ~mask;
      }
    }
  }

  #bitOfLane(address: number, bit: number, word: number, mask: number): boolean {
    const memory = this.#memory;
    const stored = this.#stored;
    const flipped = this.#flipped;
    const width = this.#width;
    const wordsPerNet = this.#wordsPerNet;
    if (address >= memory.depth) return false;
    const at = address * width + bit;
    if (stored.length > 0) return (stored[at * wordsPerNet + word] & mask) !== 0;
    const isFlipped = ((flipped.get(at)?.[word] ?? 0) & mask) !== 0;
    return (memory.contents !== undefined && getBit(memory.contents, address, bit) === 1) !== isFlipped;
  }

  #store(): void {
    const stored = this.#stored;
    const incoming = this.#incoming;
    const wordsPerNet = this.#wordsPerNet;
    const enable = this.#enable;
    const writing = this.#writing;
    const { depth } = this.#memory;
    const { address, strays, hasStrays } = writing;
    if (address >= depth) {
      // There is no word at this address.
    } else if (!hasStrays && enable.every((word) => word === 0xffffffff)) {
      stored.set(incoming, address * incoming.length);
    } else {
      for (let word = 0; word < wordsPerNet; word++) {
        const mask = hasStrays ? enable[word] & ~strays[word] : enable[word];
        this.#storeMasked(address, word, mask);
      }
    }
    this.#shown = undefined;
    if (!hasStrays) return;
    for (let lane = 0; lane < 32 * wordsPerNet; lane++) {
      const word = lane >>> 5;
      const mask = enable[word] & strays[word] & (1 << (lane & 31));
      const stray = mask === 0 ? depth : addressOfLane(writing.bits, lane, wordsPerNet);
      if (stray < depth) this.#storeMasked(stray, word, mask);
    }
  }

  /** Stores the sampled word in those lanes of a word whose bit in the mask is 1. */
  #storeMasked(address: number, word: number, mask: number): void {
    const stored = this.#stored;
    const incoming = this.#incoming;
    const wordsPerNet = this.#wordsPerNet;
    const width = this.#width;
    const size = width * wordsPerNet;
    for (let at = word; at < size; at += wordsPerNet)
      stored[address * size + at] = (stored[address * size + at] & ~mask) | (incoming[at] & mask);
  }

  /** Finds the address that most lanes give, bit by bit, and the lanes that give another. */
  #look(places: Int32Array, into: LaneAddress): void {
    const words = this.#words;
    const wordsPerNet = this.#wordsPerNet;
    const half = 16 * wordsPerNet;
    into.address = 0;
    into.hasStrays = false;
    into.strays.fill(0);
    for (let bit = 0; bit < places.length; bit++) {
      const from = places[bit];
      const first = words[from];
      let isMixed = first !== 0 && first !== 0xffffffff;
      for (let word = 0; word < wordsPerNet; word++) {
        const value = words[from + word];
        into.bits[bit * wordsPerNet + word] = value;
        if (value !== first) isMixed = true;
      }
      let common = first;
      if (isMixed) {
        let ones = 0;
        for (let word = 0; word < wordsPerNet; word++) ones += popcount32(words[from + word]);
        common = ones > half ? 0xffffffff : 0;
        for (let word = 0; word < wordsPerNet; word++) into.strays[word] |= words[from + word] ^ common;
        into.hasStrays = true;
      }
      if (common !== 0) into.address += 2 ** bit;
    }
  }
}

/** An address port as the lanes drive it. */
interface LaneAddress {
  /** The address that most lanes give. */
  address: number;
  hasStrays: boolean;
  /** Bit 1: the lane gives another address. */
  readonly strays: Uint32Array;
  /** The address of every lane, one bit plane per address bit. */
  readonly bits: Uint32Array;
}

const laneAddress = (addressBits: number, wordsPerNet: number): LaneAddress => ({
  address: 0,
  hasStrays: false,
  strays: new Uint32Array(wordsPerNet),
  bits: new Uint32Array(addressBits * wordsPerNet),
});

function addressOfLane(bits: Uint32Array, lane: number, wordsPerNet: number): number {
  let address = 0;
  for (let bit = 0; bit * wordsPerNet < bits.length; bit++) {
    address += ((bits[bit * wordsPerNet + (lane >>> 5)] >>> (lane & 31)) & 1) * 2 ** bit;
  }
  return address;
}
