import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { ReferenceEngine } from '@adiabit/simulator/engines';
import { elaborate, type Machine } from '@adiabit/simulator/circuit';
import {
  CELL_KINDS,
  CELL_SHAPES,
  NetlistBuilder,
  isCombinational,
  kindOf,
  netlistStats,
  parseNetlist,
  printNetlist,
  type Netlist,
} from '@adiabit/simulator/netlist';
import { networkOfCounts } from '@adiabit/simulator/network';
import {
  fixConfiguration,
  propagateConstants,
  removeDeadCells,
  runPass,
  shareSubexpressions,
  specialise,
  type Pass,
} from './index.js';

/** A circuit around a netlist; passes look at netlist and configuration only. */
const circuitOf = (netlist: Netlist, configuration: readonly number[] = []): Machine => ({
  netlist,
  configuration: bitMatrixFrom(1, configuration.length, (_, bit) => configuration[bit] === 1),
  timing: { planes: 1, initiationInterval: 1, latency: 0 },
  shape: { inputCount: 0, inputBits: 1, outputCount: 0 },
});

/** Runs a pass on the text of a netlist and gives the cells that are left, as text. */
function cellsAfter(pass: Pass, text: string, configuration: readonly number[] = []): string[] {
  const lines = [...printNetlist(runPass(pass, circuitOf(parseNetlist(`netlist x\n${text}`), configuration)))];
  return lines.filter((line) => line.includes(' = '));
}

const unchanged = (pass: Pass, text: string): void => {
  const netlist = parseNetlist(`netlist x\n${text}`);
  expect([...printNetlist(runPass(pass, circuitOf(netlist)))]).toEqual([...printNetlist(netlist)]);
};

/** The outputs of the port y for every pattern on the port x, in the first cycle and in the next one. */
function behaviour(netlist: Netlist): string[] {
  const engine = new ReferenceEngine(netlist);
  const width = netlist.inputs[0].nets.length;
  return Array.from({ length: 2 ** width }, (_, pattern) => {
    engine.reset();
    return [0, 1]
      .map(() => {
        engine.setInput(
          'x',
          Uint32Array.from({ length: width }, (_unused, bit) => (pattern >> bit) & 1),
        );
        engine.evaluate();
        const seen = engine.getOutput('y').join('');
        engine.clock();
        return seen;
      })
      .join(' ');
  });
}

describe('fixing the configuration', () => {
  it('puts the bits in their places, in the order of the cells', () => {
    const text = 'input x n2\nn3 = configuration\nn4 = configuration\nn5 = mux n2 n3 n4\noutput y n5';
    expect(cellsAfter(fixConfiguration, text, [1, 0])).toEqual(['n3 = mux n2 n1 n0']);
    expect(cellsAfter(fixConfiguration, text, [0, 1])).toEqual(['n3 = mux n2 n0 n1']);
  });

  it('leaves a circuit without configuration alone', () => {
    unchanged(fixConfiguration, 'input x n2\nn3 = not n2\noutput y n3');
  });
});

describe('constant propagation', () => {
  it('keeps the behaviour of every cell on every choice of constants, equal and inverse operands', () => {
    for (const kind of CELL_KINDS.filter((candidate) => candidate !== 'configuration')) {
      const { operands, results } = CELL_SHAPES[kind];
      const choices = 7;
      for (let choice = 0; choice < choices ** operands; choice++) {
        const builder = new NetlistBuilder('one');
        const x = builder.input('x', 3);
        const nets = [0, 1, ...x, builder.not(x[0]), builder.not(x[1])];
        const picked = Array.from({ length: operands }, (_, at) => nets[Math.floor(choice / choices ** at) % choices]);
        const first = builder.cell(kind, ...picked);
        builder.output('y', results === 2 ? [first, first + 1] : [first]);
        const before = builder.build();
        const after = runPass(propagateConstants, circuitOf(before));
        expect(behaviour(after), `${kind} ${picked.join(' ')}`).toEqual(behaviour(before));
        const smaller = netlistStats(after).gates <= netlistStats(before).gates;
        expect(smaller, `${kind} ${picked.join(' ')} grew`).toBe(true);
      }
    }
  });

  it('leaves no constant operand but at registers of 1', () => {
    for (const kind of CELL_KINDS.filter(isCombinational)) {
      for (const constant of [0, 1]) {
        const operands = ['n2', 'n3', 'n4'].slice(0, CELL_SHAPES[kind].operands);
        operands[0] = `n${constant}`;
        const results = CELL_SHAPES[kind].results === 2 ? 'n5 n6' : 'n5';
        const cells = cellsAfter(
          propagateConstants,
          `input x n2 n3 n4\n${results} = ${kind} ${operands.join(' ')}\noutput y ${results}`,
        );
        for (const cell of cells) expect(cell).not.toMatch(/ n[01]( |$)/);
      }
    }
  });

  it('turns an xnor with a weight into a wire or an inverter, and adders into smaller ones', () => {
    const cells = (text: string): string[] => cellsAfter(propagateConstants, `input x n2 n3\n${text}`);
    expect(cells('n4 = xnor n2 n1\noutput y n4')).toEqual([]);
    expect(cells('n4 = xnor n2 n0\noutput y n4')).toEqual(['n4 = not n2']);
    expect(cells('n4 n5 = full-adder n2 n0 n3\noutput y n4 n5')).toEqual(['n4 n5 = half-adder n2 n3']);
    expect(cells('n4 n5 = full-adder n2 n1 n3\noutput y n4 n5')).toEqual(['n4 = xnor n2 n3', 'n5 = or n2 n3']);
    expect(cells('n4 = compare n2 n1 n3\noutput y n4')).toEqual(['n4 = and n2 n3']);
  });

  it('folds a register of 0 but not one of 1, which is 0 in the first cycle', () => {
    expect(cellsAfter(propagateConstants, 'input x n2\nn3 = register n0\nn4 = or n2 n3\noutput y n4')).toEqual([]);
    unchanged(propagateConstants, 'input x n2\nn3 = register n1\nn4 = or n2 n3\noutput y n4');
  });

  it('leaves cells alone whose operands all vary', () => {
    unchanged(
      propagateConstants,
      'input x n2 n3 n4\nn5 n6 = full-adder n2 n3 n4\nn7 = mux n2 n3 n4\nn8 = configuration\nn9 = xnor n8 n2\noutput y n5 n6 n7 n9',
    );
  });
});

describe('sharing sub-expressions', () => {
  it('makes one cell of equal ones, whatever the order of operands that may change places', () => {
    const text =
      'input x n2 n3 n4\nn5 n6 = full-adder n2 n3 n4\nn7 n8 = full-adder n4 n2 n3\nn9 = register n5\nn10 = register n7\noutput y n9 n10 n6 n8';
    expect(cellsAfter(shareSubexpressions, text)).toEqual(['n5 n6 = full-adder n2 n3 n4', 'n7 = register n5']);
  });

  it('shares the sum of full adders whose operands are inverses, and the carry when all three are', () => {
    const inverted = 'input x n2 n3 n4\nn5 = not n2\nn6 = not n3\nn7 = not n4\nn8 n9 = full-adder n2 n3 n4\n';
    const counts = (adder: string): number[] => {
      const cells = cellsAfter(shareSubexpressions, `${inverted}n10 n11 = full-adder ${adder}\noutput y n8 n9 n10 n11`);
      return ['full-adder', 'xor', 'mux'].map((kind) => cells.filter((cell) => cell.includes(`= ${kind} `)).length);
    };
    expect(counts('n5 n6 n7')).toEqual([1, 0, 0]);
    expect(counts('n5 n3 n4')).toEqual([1, 1, 1]);
    expect(counts('n2 n6 n7')).toEqual([1, 1, 1]);
    // Another third operand: nothing in common.
    expect(counts('n5 n6 n8')).toEqual([2, 0, 0]);
  });

  it('keeps what full adders of three nets give, whichever of them are inverted and in whatever order', () => {
    const orders = [
      [0, 1, 2],
      [2, 0, 1],
      [1, 0, 2],
    ];
    for (let signs = 0; signs < 64; signs++) {
      for (const order of orders) {
        const adder = (at: number): string =>
          order.map((net) => `n${net + ((signs >> (at + net)) & 1 ? 5 : 2)}`).join(' ');
        const text = `netlist x\ninput x n2 n3 n4\nn5 = not n2\nn6 = not n3\nn7 = not n4
n8 n9 = full-adder ${adder(0)}\nn10 n11 = full-adder ${adder(3)}\noutput y n8 n9 n10 n11`;
        const before = parseNetlist(text);
        expect(behaviour(runPass(shareSubexpressions, circuitOf(before)))).toEqual(behaviour(before));
      }
    }
  });

  it('keeps apart what differs in the order of operands, in kind, or in the configuration it may get', () => {
    unchanged(shareSubexpressions, 'input x n2 n3\nn4 = compare n2 n3 n0\nn5 = compare n3 n2 n0\noutput y n4 n5');
    unchanged(shareSubexpressions, 'input x n2 n3\nn4 = mux n2 n3 n0\nn5 = mux n3 n2 n0\noutput y n4 n5');
    unchanged(shareSubexpressions, 'input x n2 n3\nn4 = and n2 n3\nn5 = or n2 n3\noutput y n4 n5');
    unchanged(
      shareSubexpressions,
      'input x n2\nn3 = configuration\nn4 = configuration\nn5 = xnor n2 n3\nn6 = xnor n2 n4\noutput y n5 n6',
    );
  });
});

describe('removing dead cells', () => {
  it('removes what no output depends on, feedback among dead registers and their probes included', () => {
    const text =
      'input x n2\nn3 = register n4\nn4 = xor n3 n2\nn5 = not n2\nn6 = register n5\noutput y n6\nprobe dead n3\nprobe alive n5';
    const netlist = runPass(removeDeadCells, circuitOf(parseNetlist(`netlist x\n${text}`)));
    expect([...printNetlist(netlist)].slice(1)).toEqual([
      'input x n2',
      'n3 = not n2',
      'n4 = register n3',
      'output y n4',
      'probe alive n3',
    ]);
  });

  it('keeps a register that is read in a later cycle only, and every configuration cell', () => {
    unchanged(removeDeadCells, 'input x n2\nn3 = register n2\nn4 = register n3\nn5 = configuration\noutput y n4');
  });
});

describe('the list of passes', () => {
  it('reports what each pass won and leaves no configuration', () => {
    const { circuit, passes } = specialise(
      elaborate(
        'one',
        networkOfCounts([
          {
            activation: 'integer',
            inputs: 9,
            outputs: 2,
            inputBits: 1,
            shift: 0,
            weights: bitMatrixFrom(2, 9, (row, column) => (row + column) % 3 === 0),
            thresholds: new Uint32Array(),
            offsets: Int32Array.of(-3, 5),
          },
        ]),
      ),
    );
    const round = ['propagate constants', 'share sub-expressions', 'remove dead cells'];
    const names = passes.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['fix configuration', ...round]);
    expect(names.slice(4).every((name, index) => name === round[index % 3])).toBe(true);
    for (const [index, { name, gatesBefore, gatesAfter }] of passes.entries()) {
      // Sharing may leave more inverters for a moment; a round as a whole always wins.
      if (name !== 'share sub-expressions') expect(gatesAfter).toBeLessThanOrEqual(gatesBefore);
      if (index > 0) expect(gatesBefore).toBe(passes[index - 1].gatesAfter);
    }
    expect(passes.at(-1)!.cellsAfter).toBe(circuit.netlist.cells.count);
    expect(circuit.configuration.columns).toBe(0);
    const { cells } = circuit.netlist;
    const kinds = new Set(Array.from({ length: cells.count }, (_, cell) => kindOf(cells, cell)));
    expect(kinds.has('configuration')).toBe(false);
    expect(kinds.has('compare') && kinds.has('register')).toBe(true);
  });
});
