import { describe, expect, it } from 'vitest';
import { NetlistBuilder } from './builder.js';
import { CELL_KINDS, CELL_SHAPES, evaluateCell, isCombinational } from './cells.js';
import { levelize } from './levelize.js';
import { parseNetlist } from './parse.js';
import { printNetlist } from './print.js';
import { netlistStats } from './stats.js';
import { validateNetlist } from './validate.js';

function twoBitCounter() {
  const builder = new NetlistBuilder('counter');
  const [enable] = builder.input('enable', 1);
  builder.enterGroup('count', 'adder');
  const low = builder.openRegister();
  const high = builder.openRegister();
  const first = builder.halfAdder(low.q, enable);
  const second = builder.halfAdder(high.q, first.carry);
  low.connect(first.sum);
  high.connect(second.sum);
  builder.output('count', [low.q, high.q]);
  return builder.build();
}

const COUNTER_TEXT = `netlist counter
input enable n2
group count adder
n3 = register n5
n4 = register n7
n5 n6 = half-adder n3 n2
n7 n8 = half-adder n4 n6
output count n3 n4`;

const codeOf = (text: string): string => {
  try {
    parseNetlist(text);
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a netlist', () => {
  it('prints as text that parses back to the same netlist', () => {
    const netlist = twoBitCounter();
    const text = [...printNetlist(netlist)].join('\n');
    expect(text).toBe(COUNTER_TEXT);
    expect(parseNetlist(text)).toEqual(netlist);
  });

  it('is counted by kind, gates and levels', () => {
    const stats = netlistStats(twoBitCounter());
    expect(stats).toMatchObject({ adderCells: 2, registers: 2, gates: 4, levels: 2, xnorCells: 0, comparators: 0 });
  });

  it('orders cells so that operands are ready, whatever order they stand in', () => {
    const shuffled = COUNTER_TEXT.split('\n');
    [shuffled[5], shuffled[6]] = [shuffled[6], shuffled[5]];
    const netlist = parseNetlist(shuffled.join('\n'));
    expect([...levelize(netlist).order]).toEqual([3, 2]);
  });
});

describe('validation', () => {
  it('accepts feedback through a register', () => {
    expect(() => validateNetlist(twoBitCounter())).not.toThrow();
  });

  it('prints the whole path of a combinational loop', () => {
    const text = 'netlist loop\ninput a n2\nn3 = and n2 n5\nn4 = not n3\nn5 = or n4 n2\noutput y n5';
    expect(codeOf(text)).toBe('netlist.combinational-loop');
    expect(() => parseNetlist(text)).toThrow('n3 = and n2 n5 in top; n4 = not n3 in top; n5 = or n4 n2 in top');
  });

  it('names a net with two drivers', () => {
    expect(() => parseNetlist('netlist x\ninput a n2\nn3 = not n2\nn3 = and n2 n2\noutput y n3')).toThrow(
      'n3 has a second driver: n3 = and n2 n2 in top.',
    );
    expect(codeOf('netlist x\ninput a n2\nn1 = not n2')).toBe('netlist.multiple-drivers');
    expect(codeOf('netlist x\ninput a n2\noutput a n2')).toBe('netlist.multiple-drivers');
  });

  it('names a cell or a port that reads an undriven net', () => {
    expect(() => parseNetlist('netlist x\ninput a n2\nn3 = and n2 n9\noutput y n3')).toThrow('reads n9');
    expect(codeOf('netlist x\ninput a n2\noutput y n7')).toBe('netlist.undriven');
  });

  it('refuses a cell with the wrong number of operands', () => {
    expect(codeOf('netlist x\ninput a n2\nn3 = and n2\noutput y n3')).toBe('netlist.width-mismatch');
  });

  it('says on which line the text is wrong', () => {
    expect(() => parseNetlist('netlist x\nn3 = nand n0 n1')).toThrow('Line 2');
    expect(codeOf('netlist x\ninput a q2')).toBe('netlist.syntax');
  });
});

describe('cells', () => {
  it('have truth tables that match arithmetic on every operand', () => {
    for (const kind of CELL_KINDS.filter(isCombinational)) {
      for (let row = 0; row < 2 ** CELL_SHAPES[kind].operands; row++) {
        const [a, b, c] = [row & 1, (row >> 1) & 1, (row >> 2) & 1] as (0 | 1)[];
        const expected: Record<string, number[]> = {
          not: [1 - a],
          and: [a * b],
          or: [Math.max(a, b)],
          xor: [(a + b) % 2],
          xnor: [(a + b + 1) % 2],
          mux: [a * b + (1 - a) * c],
          compare: [Number(2 * a + c >= 2 * b + 1)],
          'half-adder': [(a + b) % 2, Math.floor((a + b) / 2)],
          'full-adder': [(a + b + c) % 2, Math.floor((a + b + c) / 2)],
        };
        expect(evaluateCell(kind, a, b, c), `${kind} ${a}${b}${c}`).toEqual(expected[kind]);
      }
    }
  });
});
