import type { CellKind } from '@adiabit/simulator';
import type { Pass } from './pass.js';
import { rewrite } from './rewrite.js';

const COMMUTATIVE: ReadonlySet<CellKind> = new Set(['and', 'or', 'xor', 'xnor', 'half-adder', 'full-adder']);

/**
 * Cells of one kind on the same operands become one cell: once weights are constants, neurons that agree on three
 * weights share the adder of those inputs. Registers share too, since all of them start at 0. Configuration cells never
 * do: each holds a bit of its own.
 */
export const shareSubexpressions: Pass = {
  name: 'share sub-expressions',
  run: ({ netlist }) => {
    const known = new Map<string, readonly number[]>();
    return rewrite(netlist, ({ kind, operands }, emit) => {
      if (kind === 'configuration') return emit(kind);
      const ordered = COMMUTATIVE.has(kind) ? [...operands].sort((x, y) => x - y) : operands;
      const key = `${kind} ${ordered.join(' ')}`;
      let results = known.get(key);
      if (!results) known.set(key, (results = emit(kind, ...operands)));
      return results;
    });
  },
};
