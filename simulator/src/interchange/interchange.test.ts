import { describe, expect, it } from 'vitest';
import type { Bit } from '../bits/polarity.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { CELL_SHAPES, evaluateCell } from '../netlist/cells.js';
import { parseNetlist } from '../netlist/parse.js';
import { writeBlif } from './blif.js';
import { writeDot } from './dot.js';
import { identifier, isIdentifier } from './identifiers.js';
import { CELL_LOGIC, type Logic } from './logic.js';
import { concatenation, literal, reference } from './verilog-text.js';
import { writeVerilog } from './verilog.js';
import { writeYosysJson } from './yosys-json.js';

const text = (lines: Iterable<string>): string => [...lines].join('\n');

const counter = parseNetlist(`netlist two bits
input enable n2
group count adder
n3 = register n5
n4 = register n7
n5 n6 = half-adder n3 n2
n7 n8 = half-adder n4 n6
output value n3 n4`);

const network = (widths: readonly number[], inputBits: number) => {
  let state = 3;
  const network = randomNetwork(widths, inputBits, 0, (below) => (state = (state * 48271) % 2147483647) % below);
  return elaborate('net', network).netlist;
};

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the formulas of cells', () => {
  it('are the truth tables of the cells', () => {
    const evaluate = (logic: Logic, operands: readonly Bit[]): boolean => {
      if (typeof logic === 'string') return operands['abc'.indexOf(logic)] === 1;
      const [operator, ...parts] = logic;
      const [x, y, z] = parts.map((part) => evaluate(part, operands));
      const results = { not: !x, and: x && y, or: x || y, xor: x !== y, xnor: x === y, mux: x ? y : z };
      return results[operator];
    };
    for (const kind of Object.keys(CELL_LOGIC) as (keyof typeof CELL_LOGIC)[]) {
      for (let row = 0; row < 2 ** CELL_SHAPES[kind].operands; row++) {
        const [a, b, c] = [row & 1, (row >> 1) & 1, (row >> 2) & 1] as Bit[];
        const actual = CELL_LOGIC[kind].map((logic) => Number(evaluate(logic, [a, b, c])));
        expect(actual, `${kind} ${a}${b}${c}`).toEqual(evaluateCell(kind, a, b, c));
      }
    }
  });
});

describe('Verilog', () => {
  it('has a module per group, registers with initial values and reset, and reads as the netlist does', () => {
    expect(text(writeVerilog(counter, { comment: ['counts while enabled'] }))).toBe(`// counts while enabled
/* verilator lint_off DECLFILENAME */
\`default_nettype none

module two_bits_count (
  input wire clk,
  input wire rst,
  input wire a,
  output wire [1:0] y
);
  reg q0 = 1'b0;
  reg q1 = 1'b0;
  wire sum2 = q0 ^ a;
  wire carry2 = q0 & a;
  wire sum3 = q1 ^ carry2;
  always @(posedge clk) begin
    if (rst) begin
      q0 <= 1'b0;
      q1 <= 1'b0;
    end else begin
      q0 <= sum2;
      q1 <= sum3;
    end
  end
  assign y = {q1, q0};
endmodule

module two_bits (
  input wire clk,
  input wire rst,
  input wire enable,
  output wire [1:0] value
);
  wire [1:0] count_y;
  two_bits_count count (
    .clk(clk),
    .rst(rst),
    .a(enable),
    .y(count_y)
  );
  assign value = count_y;
endmodule
\`default_nettype wire`);
  });

  it('writes one module for all neurons of a layer', () => {
    const modules = text(writeVerilog(network([9, 5, 3], 1))).match(/^module \w+/gm);
    expect(modules).toContain('module net_layer0_neuron0');
    expect(modules).not.toContain('module net_layer0_neuron1');
    expect(modules?.length).toBeLessThan(20);
  });

  it('never negates what could have been widened: ~ stands before one-bit operands only', () => {
    const negations = text(writeVerilog(network([5, 2], 3))).match(/~[^;]*/g) ?? [];
    expect(negations.length).toBeGreaterThan(0);
    for (const negation of negations) {
      expect(negation).toMatch(/^~(\w+(\[\d+\])?|\(\w+(\[\d+\])? \^ \w+(\[\d+\])?\))$/);
    }
    expect(text(writeVerilog(network([5, 2], 3)))).not.toContain('+');
  });

  it('turns names into identifiers, and refuses ports that would change theirs', () => {
    expect(['a-b', '7up', 'output', 'fine_1', 'é'].map(identifier)).toEqual(['a_b', '_7up', 'output_', 'fine_1', '_']);
    expect(['class', 'a b', '9', 'x'].map(isIdentifier)).toEqual([false, false, false, true]);
    for (const port of ['clk', 'rst', 'cfg', 'wire', 'a.b', 'not0']) {
      const netlist = parseNetlist(`netlist x\ninput ${port} n2\nn3 = not n2\noutput y n3`);
      expect(codeOf(() => text(writeVerilog(netlist)))).toBe('netlist.bad-name');
    }
    for (const port of ['a#b', 'a=b', 'a\\', 'a"']) {
      const netlist = parseNetlist(`netlist x\ninput ${port} n2\nn3 = not n2\noutput y n3`);
      expect(codeOf(() => text(writeBlif(netlist)))).toBe('netlist.bad-name');
    }
    const groups =
      'netlist x\ninput x n2\ngroup a-b other\nn3 = not n2\ngroup a.b other\ngroup a_b other\nn4 = not n3\noutput y n4';
    expect(codeOf(() => text(writeVerilog(parseNetlist(groups))))).toBe('netlist.bad-name');
  });

  it('leaves out what no output depends on, and says which input bits nothing reads', () => {
    const netlist = parseNetlist('netlist x\ninput x n2 n3\nn4 = not n2\nn5 = and n2 n3\noutput y n4');
    const verilog = text(writeVerilog(netlist));
    expect(verilog).not.toContain('and1');
    expect(verilog).toContain("wire _unused = &{1'b0, x[1]};");
  });
});

describe('Verilog text', () => {
  it('joins neighbouring bits to slices and whole vectors to their names', () => {
    const bits = (...list: number[]) => list.map((bit) => reference('v', bit, 4));
    expect(concatenation(bits(0, 1, 2, 3))).toBe('v');
    expect(concatenation(bits(1, 2))).toBe('v[2:1]');
    expect(concatenation([...bits(2, 1), reference('s'), reference('w', 2, 3)])).toBe('{w[2], s, v[1], v[2]}');
  });

  it('writes literals of any width', () => {
    const value = 0x5_1234_5678n;
    for (const width of [1, 4, 5, 31, 32, 33, 35]) {
      const expected = BigInt.asUintN(width, value)
        .toString(16)
        .padStart(Math.ceil(width / 4), '0');
      expect(literal(width, (bit) => Number((value >> BigInt(bit)) & 1n))).toBe(`${width}'h${expected}`);
    }
    expect(literal(257, (bit) => Number(bit === 256))).toBe(`{1'h1, 256'h${'0'.repeat(64)}}`);
  });
});

describe('BLIF', () => {
  it('has the truth table of every cell and a latch per register', () => {
    expect(text(writeBlif(counter))).toBe(`.model two_bits
.inputs clk enable
.outputs value[0] value[1]
.names $false
.names $true
1
.latch count.sum2 count.q0 re clk 0
.latch count.sum3 count.q1 re clk 0
.names count.q0 enable count.sum2
10 1
01 1
.names count.q0 enable count.carry2
11 1
.names count.q1 count.carry2 count.sum3
10 1
01 1
.names count.q0 value[0]
1 1
.names count.q1 value[1]
1 1
.end`);
  });
});

describe('Yosys JSON', () => {
  it('is JSON with a driver for every bit that is read', () => {
    interface Module {
      ports: Record<string, { direction: string; bits: (number | string)[] }>;
      cells: Record<
        string,
        { port_directions: Record<string, string>; connections: Record<string, (number | string)[]> }
      >;
    }
    const { modules } = JSON.parse(text(writeYosysJson(network([7, 4, 3], 2)))) as { modules: Record<string, Module> };
    const { ports, cells } = modules['net'];
    const driven = new Map<number | string, number>([
      ['0', 1],
      ['1', 1],
    ]);
    const read: (number | string)[] = [];
    const visit = (direction: string, bits: readonly (number | string)[]): void => {
      for (const bit of bits) {
        if (direction === 'output') driven.set(bit, (driven.get(bit) ?? 0) + 1);
        else read.push(bit);
      }
    };
    for (const { direction, bits } of Object.values(ports)) visit(direction === 'input' ? 'output' : 'input', bits);
    for (const { port_directions: directions, connections } of Object.values(cells)) {
      for (const [port, bits] of Object.entries(connections)) visit(directions[port], bits);
    }
    expect(read.length).toBeGreaterThan(100);
    expect(read.filter((bit) => driven.get(bit) !== 1)).toEqual([]);
    expect([...driven.values()].every((drivers) => drivers === 1)).toBe(true);
  });
});

describe('DOT', () => {
  it('draws the parts of a circuit with the number of nets between them', () => {
    const drawing = text(writeDot(network([9, 5, 3], 1)));
    expect(drawing).toContain('"port x" -> "layer0" [label="9", penwidth=2];');
    expect(drawing).toContain('"layer0" -> "layer1" [label="5", penwidth=2];');
    expect(drawing).not.toContain('xnor');
  });

  it('draws every cell of one neuron', () => {
    const drawing = text(writeDot(network([9, 5, 3], 1), { scope: 'layer0.neuron2', cells: true }));
    expect(drawing.match(/label="xnor"/g)).toHaveLength(9);
    expect(drawing).toContain('label="popcount"');
  });

  it('says what there is when a part does not exist', () => {
    const circuit = network([3, 2, 2], 1);
    expect(() => text(writeDot(circuit, { scope: 'layer0.neuron9' }))).toThrow('There are control, neuron0, neuron1.');
  });
});
