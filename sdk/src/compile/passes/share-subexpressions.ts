import { CELL_KINDS, CONSTANT_0, CONSTANT_1, cellCode, type CellKind } from '@adiabit/simulator';
import type { Pass } from './pass.js';
import { rewrite, type Emit } from './rewrite.js';

const COMMUTATIVE: ReadonlySet<CellKind> = new Set(['and', 'or', 'xor', 'xnor', 'half-adder', 'full-adder']);

/**
 * Cells of one kind on the same operands become one cell: once weights are constants, neurons that agree on three
 * weights share the adder of those inputs. Neurons that agree up to signs share most of it: a full adder of three
 * inverses is the inverse of the full adder, so its sum is the same in all eight cases but for an inverter, and four
 * carries are left. Registers share too, since all of them start at 0, but never up to an inverter, for the same
 * reason. Configuration cells never do: each holds a bit of its own.
 */
export const shareSubexpressions: Pass = {
  name: 'share sub-expressions',
  run: ({ netlist }) => {
    const known = new CellTable();
    const inverses = new Inverses();
    return rewrite(netlist, ({ kind, operands }, emit) => {
      if (kind === 'configuration') return emit(kind);
      const emitOnce: Emit = (wanted, ...given) => {
        const nets = COMMUTATIVE.has(wanted) ? [...given].sort((x, y) => x - y) : given;
        const found = known.find(wanted, nets);
        if (found !== undefined) return found;
        const results = emit(wanted, ...nets);
        if (wanted === 'not') inverses.add(nets[0], results[0]);
        known.add(wanted, nets, results);
        return results;
      };
      return kind === 'full-adder' ? shareAdder(operands, known, inverses, emitOnce) : emitOnce(kind, ...operands);
    });
  },
};

/** a + b + c for operands that may be inverses of others: the adder of the others, where there is one, and what differs. */
function shareAdder(
  operands: readonly number[],
  known: CellTable,
  inverses: Inverses,
  emitOnce: Emit,
): readonly number[] {
  const plain = operands.map((net) => inverses.plain(net)).sort((x, y) => x - y);
  const [a, b, c] = plain;
  // Twice the same operand is for the propagation of constants.
  if (a === b || b === c) return emitOnce('full-adder', ...operands);
  const isInverted = plain.map((net) => !operands.includes(net));
  const inverted = isInverted.filter(Boolean).length;
  const isOddSum = inverted % 2 === 1;
  // With two or three inverses it is the inverse of the adder in which the others are inverted.
  const isFlipped = inverted >= 2;
  const variant = (isFlipped ? isInverted.indexOf(false) : isInverted.indexOf(true)) + 1;
  const shared = known.adder(plain);
  if (shared.sum === undefined) {
    const results = emitOnce('full-adder', ...operands);
    shared.sum = { net: results[0], isInverse: isOddSum };
    shared.carry[variant] = { net: results[1], isInverse: isFlipped };
    return results;
  }
  const invert = (net: number): number => inverses.of(net) ?? emitOnce('not', net)[0];
  const withSign = ({ net, isInverse }: SignedNet, wanted: boolean): number =>
    isInverse === wanted ? net : invert(net);
  let carry = shared.carry[variant];
  if (carry === undefined) {
    // Where a and b agree they decide, else c does; with one of them inverted it is the other way round.
    const differ = emitOnce('xor', a, b)[0];
    const [whenDiffer, whenEqual] = [
      [c, a],
      [b, c],
      [a, c],
      [variant === 3 ? invert(c) : c, a],
    ][variant];
    const net = emitOnce('mux', differ, whenDiffer, whenEqual)[0];
    shared.carry[variant] = carry = { net, isInverse: false };
  }
  return [withSign(shared.sum, isOddSum), withSign(carry, isFlipped)];
}

/** A net that is what it should be, or its inverse. */
interface SignedNet {
  readonly net: number;
  readonly isInverse: boolean;
}

/** What is known of the adders of three nets, each plain or inverted. */
interface SharedAdder {
  sum?: SignedNet;
  /** With no operand inverted, or the first, second or third one. */
  readonly carry: (SignedNet | undefined)[];
}

/** Cells by kind and operands. */
class CellTable {
  private readonly cells = CELL_KINDS.map(() => new Map<number, Map<number, readonly number[]>>());
  private readonly adders = new Map<number, Map<number, SharedAdder>>();

  find(kind: CellKind, operands: readonly number[]): readonly number[] | undefined {
    const [first, rest] = CellTable.key(operands);
    return this.cells[cellCode(kind)].get(first)?.get(rest);
  }

  add(kind: CellKind, operands: readonly number[], results: readonly number[]): void {
    const [first, rest] = CellTable.key(operands);
    CellTable.inner(this.cells[cellCode(kind)], first).set(rest, results);
  }

  adder(operands: readonly number[]): SharedAdder {
    const [first, rest] = CellTable.key(operands);
    const adders = CellTable.inner(this.adders, first);
    let adder = adders.get(rest);
    if (adder === undefined) adders.set(rest, (adder = { carry: [] }));
    return adder;
  }

  /** Numbers as keys of two maps: 2^26 nets twice fit the integers of a double. */
  private static key([a = 0, b = 0, c = 0]: readonly number[]): [number, number] {
    return [a, b * 2 ** 26 + c];
  }

  private static inner<Value>(outer: Map<number, Map<number, Value>>, key: number): Map<number, Value> {
    let inner = outer.get(key);
    if (inner === undefined) outer.set(key, (inner = new Map<number, Value>()));
    return inner;
  }
}

/** Which net is the inverse of which. */
class Inverses {
  private readonly inverse = new Map<number, number>([
    [CONSTANT_0, CONSTANT_1],
    [CONSTANT_1, CONSTANT_0],
  ]);
  private readonly operand = new Map<number, number>([[CONSTANT_1, CONSTANT_0]]);

  add(net: number, inverted: number): void {
    this.inverse.set(net, inverted).set(inverted, net);
    this.operand.set(inverted, net);
  }

  of(net: number): number | undefined {
    return this.inverse.get(net);
  }

  /** The net of which this one is an inverse, else itself. */
  plain(net: number): number {
    return this.operand.get(net) ?? net;
  }
}
