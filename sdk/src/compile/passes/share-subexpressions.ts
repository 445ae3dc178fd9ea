import { CELL_CODES, CELL_KINDS, CONSTANT_0, CONSTANT_1, NO_NET, type CellKind } from '@adiabit/simulator/netlist';
import { CellNumbers } from './cell-numbers.js';
import { NetMap } from './net-map.js';
import type { Pass } from './pass.js';
import { keepCell, rewrite, type Emit, type OldCell, type Results } from './rewrite.js';

const COMMUTATIVE_KINDS: readonly CellKind[] = ['and', 'or', 'xor', 'xnor', 'half-adder', 'full-adder'];
/** By code. */
const COMMUTATIVE = Uint8Array.from(CELL_KINDS, (kind) => Number(COMMUTATIVE_KINDS.includes(kind)));
const { not, xor, mux, configuration } = CELL_CODES;
const FULL_ADDER = CELL_CODES['full-adder'];

/**
 * Cells of one kind on the same operands become one cell: once weights are constants, neurons that agree on three
 * weights share the adder of those inputs. Neurons that agree up to signs share most of it: a full adder of three
 * inverses is the inverse of the full adder, so its sum is the same in all eight cases but for an inverter, and four
 * carries are left. Registers share too, since all of them start at 0, but never up to an inverter, for the same
 * reason. Configuration cells never do: each holds a bit of its own.
 */
export const shareSubexpressions: Pass = {
  name: 'share sub-expressions',
  steps: ({ netlist }) => {
    let sharing: Sharing | undefined;
    return rewrite(netlist, (cell, emit, results) => {
      sharing ??= new Sharing(emit);
      if (cell.code === configuration) {
        keepCell(cell, emit, results);
      } else if (cell.code === FULL_ADDER) {
        sharing.shareAdder(cell, results);
      } else {
        results.first = sharing.emitOnce(cell.code, cell.a, cell.b, cell.c);
        results.second = results.first + 1;
      }
    });
  },
};

/**
 * What is known of the adders of three nets, each plain or inverted, in words: the sum, then a carry for each variant.
 */
const ADDER_WORDS = 5;
const CARRY = 1;

/** Returns a net, and whether it is the inverse of what it should be, in one number that is not 0. */
const signed = (net: number, isInverse: boolean): number => 2 * net + Number(isInverse);

class Sharing {
  readonly #cells = new CellNumbers();
  /** The first result of each cell, by its number. */
  readonly #resultOf = new NetMap();
  readonly #adders = new CellNumbers();
  /** Signed nets, ADDER_WORDS for each number of an adder. */
  readonly #known = new NetMap();
  readonly #inverses = new NetMap();
  readonly #inverterOperands = new NetMap();

  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Returns the first result of a cell, which is made once for the same operands. */
  emitOnce(code: number, a: number, b: number, c: number): number {
    if (COMMUTATIVE[code] === 1) {
      if (a > b) [a, b] = [b, a];
      if (code === FULL_ADDER && b > c) {
        [b, c] = [c, b];
        if (a > b) [a, b] = [b, a];
      }
    }
    const number = this.#cells.numberOf(code, a, b, c);
    const known = this.#resultOf.get(number);
    if (known !== 0) return known;
    const first = this.#emit(code, a, b, c);
    this.#resultOf.set(number, first);
    if (code === not && a > CONSTANT_1) {
      this.#inverses.set(a, first);
      this.#inverses.set(first, a);
      this.#inverterOperands.set(first, a);
    }
    return first;
  }

  /**
   * Adds a + b + c for operands that may be inverses of others. If the others have an adder, that one is used and its
   * results are inverted as needed.
   */
  shareAdder({ a: x, b: y, c: z }: OldCell, results: Results): void {
    let [a, b, c] = [this.#plain(x), this.#plain(y), this.#plain(z)];
    if (a > b) [a, b] = [b, a];
    if (b > c) [b, c] = [c, b];
    if (a > b) [a, b] = [b, a];
    // Twice the same operand is for the propagation of constants.
    if (a === b || b === c) {
      this.#takeAdder(x, y, z, results);
      return;
    }
    const isInverted = (net: number): boolean => net !== x && net !== y && net !== z;
    const [first, second, third] = [isInverted(a), isInverted(b), isInverted(c)];
    const inverted = Number(first) + Number(second) + Number(third);
    const isOddSum = inverted % 2 === 1;
    // With two or three inverses it is the inverse of the adder in which the others are inverted.
    const isFlipped = inverted >= 2;
    // The one operand that then differs from the others, counted from 1; 0 when they all agree.
    const variant = inverted % 3 === 0 ? 0 : first !== isFlipped ? 1 : second !== isFlipped ? 2 : 3;
    const at = ADDER_WORDS * this.#adders.numberOf(FULL_ADDER, a, b, c);
    const sum = this.#known.get(at);
    if (sum === 0) {
      this.#takeAdder(x, y, z, results);
      this.#known.set(at, signed(results.first, isOddSum));
      this.#known.set(at + CARRY + variant, signed(results.second, isFlipped));
      return;
    }
    let carry = this.#known.get(at + CARRY + variant);
    if (carry === 0) {
      // Where a and b agree they decide, else c does; with one of them inverted it is the other way round.
      const differ = this.emitOnce(xor, a, b, NO_NET);
      const whenDiffer = variant === 1 ? b : variant === 2 ? a : variant === 3 ? this.#invert(c) : c;
      const whenEqual = variant === 1 || variant === 2 ? c : a;
      carry = signed(this.emitOnce(mux, differ, whenDiffer, whenEqual), false);
      this.#known.set(at + CARRY + variant, carry);
    }
    results.first = this.#withSign(sum, isOddSum);
    results.second = this.#withSign(carry, isFlipped);
  }

  #takeAdder(a: number, b: number, c: number, results: Results): void {
    results.first = this.emitOnce(FULL_ADDER, a, b, c);
    results.second = results.first + 1;
  }

  #withSign(net: number, isInverse: boolean): number {
    return net % 2 === Number(isInverse) ? net >> 1 : this.#invert(net >> 1);
  }

  #invert(net: number): number {
    if (net <= CONSTANT_1) return CONSTANT_1 - net;
    const known = this.#inverses.get(net);
    return known === 0 ? this.emitOnce(not, net, NO_NET, NO_NET) : known;
  }

  /** Returns the net of which this one is an inverse, else itself. */
  #plain(net: number): number {
    if (net <= CONSTANT_1) return CONSTANT_0;
    const operand = this.#inverterOperands.get(net);
    return operand === 0 ? net : operand;
  }
}
