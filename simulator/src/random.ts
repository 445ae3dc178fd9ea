/** The complete state of a generator: four unsigned 32-bit words. It is plain data, so a checkpoint can hold it. */
export type RandomState = readonly [number, number, number, number];

/** The scale of a 32-bit word to [0, 1). */
const WORD_RANGE = 2 ** 32;

/**
 * sfc32, Chris Doty-Humphrey's "small fast chaotic" generator (PractRand, http://pracrand.sourceforge.net): 128 bits
 * of state of which 32 are a counter, so its period is at least 2^32. Not for secrets. The same seed gives the same
 * numbers on every machine.
 */
export class Random {
  // Signed, because V8 keeps signed 32-bit integers in place and boxes larger numbers.
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  private constructor([a, b, c, counter]: RandomState) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  /**
   * Makes a generator.
   * @param seed any integer; its low 53 bits count
   * @param stream names an independent sequence of the same seed
   */
  static fromSeed(seed: number, stream = ''): Random {
    const random = new Random([seed >>> 0, Math.floor(seed / WORD_RANGE) >>> 0, hashText(stream), 1]);
    // Fifteen rounds let every seed bit reach every state bit (PractRand's seeding uses 12 to 15).
    for (let round = 0; round < 15; round++) random.nextWord();
    return random;
  }

  static fromState(state: RandomState): Random {
    return new Random(state);
  }

  get state(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0];
  }

  /** Draws a uniform integer in [0, 2^32). */
  nextWord(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Draws a uniform real in [low, high), in steps of (high - low) / 2^32. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.nextWord() / WORD_RANGE);
  }

  /** Draws a normal real of mean 0 and deviation 1 (G. E. P. Box, M. E. Muller, 1958); takes two words. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Draws an integer in [0, limit), with limit at most 2^21. The bias against some values is below limit / 2^32. */
  below(limit: number): number {
    return Math.floor((this.nextWord() / WORD_RANGE) * limit);
  }

  /** Shuffles in place (Fisher and Yates, in Durstenfeld's form). */
  shuffle(values: Uint32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
  }
}

/** Gives 0, 1, ... count - 1 in random order. */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  random.shuffle(order);
  return order;
}

/** Hashes the UTF-16 units of a short name with FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
