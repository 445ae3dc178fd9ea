import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getBit } from '@adiabit/simulator/bits';
import { writeBlif, writeVerilog, writeYosysJson } from '@adiabit/simulator/interchange';
import { CELL_KINDS, CELL_SHAPES, NetlistBuilder, type CellKind, type Netlist } from '@adiabit/simulator/netlist';
import { specialise } from '@adiabit/sdk/compile';
import { BEHAVIOURAL_CELLS, behaviouralNeuron } from '../support/behavioural.js';
import {
  EQUIVALENCE_PROOF,
  smallCircuit,
  tool,
  withFault,
  writeText,
  yowaspYosys,
  type ToolResult,
} from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { YOSYS, hasYowasp, missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(() => folder.dispose());

const yosys = (script: readonly string[]): ToolResult =>
  tool(folder.path, 'yosys', '-q', writeText(folder.path, 'script.ys', script));

/** The same by the Yosys of the npm package. */
const yowasp = (script: readonly string[]): ToolResult =>
  yowaspYosys(folder.path, '-q', writeText(folder.path, 'script.ys', script));

const { circuit } = smallCircuit('sample', [9, 5, 4, 3], 2);
const CELLS = CELL_KINDS.filter((kind) => kind !== 'configuration');

/** A netlist of one cell: operands are port x, results port y. */
function oneCell(kind: Exclude<CellKind, 'configuration'>): Netlist {
  const builder = new NetlistBuilder(`cell_${kind}`);
  const [a, b, c] = builder.input('x', CELL_SHAPES[kind].operands);
  const results: Record<typeof kind, () => number[]> = {
    not: () => [builder.not(a)],
    and: () => [builder.and(a, b)],
    or: () => [builder.or(a, b)],
    xor: () => [builder.xor(a, b)],
    xnor: () => [builder.xnor(a, b)],
    mux: () => [builder.mux(a, b, c)],
    compare: () => [builder.compare(a, b, c)],
    'half-adder': () => Object.values(builder.halfAdder(a, b)),
    'full-adder': () => Object.values(builder.fullAdder(a, b, c)),
    register: () => [builder.register(a)],
  };
  builder.output('y', results[kind]());
  return builder.build();
}

/** Reads the sound Verilog and a netlist in another format and proves register by register that they are equal. */
const proveEqual = (read: string, sound = circuit.netlist, run = yosys): ToolResult => {
  writeText(folder.path, 'gold.v', writeVerilog(sound, { reset: false }));
  const gold = ['read_verilog gold.v', 'hierarchy -top sample', 'proc', 'flatten', 'opt_clean', 'rename sample gold'];
  return run([...gold, read, 'rename sample gate', 'opt_clean', ...EQUIVALENCE_PROOF]);
};
const formats = {
  BLIF: (netlist: Netlist) => `read_blif -wideports ${writeText(folder.path, 'gate.blif', writeBlif(netlist))}`,
  JSON: (netlist: Netlist) => `read_json ${writeText(folder.path, 'gate.json', writeYosysJson(netlist))}`,
};

const missing = missingTools(...YOSYS);

describe.skipIf(missing.length > 0)(titled('Yosys on one net in three formats', missing), () => {
  for (const [name, reading] of Object.entries(formats)) {
    it(`proves ${name} equal to the Verilog`, () => {
      expect(proveEqual(reading(circuit.netlist))).toEqual({ status: 0, output: '' });
    });

    it(`proves ${name} of the specialised form equal to its Verilog`, () => {
      const { netlist } = specialise(circuit).circuit;
      expect(proveEqual(reading(netlist), netlist)).toEqual({ status: 0, output: '' });
    });

    it(`finds one faulty cell in ${name}`, () => {
      const { status, output } = proveEqual(reading(withFault(circuit.netlist, 'mux', 'compare')));
      expect(status).not.toBe(0);
      expect(output).toMatch(/unproven \$equiv/);
    });
  }
});

const noPackage = hasYowasp() ? [] : ['npm package @yowasp/yosys'];
describe.skipIf(noPackage.length > 0)(titled('Yosys from npm, for machines without a package of it', noPackage), () => {
  it('proves BLIF equal to the Verilog', () => {
    expect(proveEqual(formats.BLIF(circuit.netlist), circuit.netlist, yowasp)).toEqual({ status: 0, output: '' });
  });

  it('finds one faulty cell', () => {
    const faulty = formats.BLIF(withFault(circuit.netlist, 'mux', 'compare'));
    const { status, output } = proveEqual(faulty, circuit.netlist, yowasp);
    expect(status).not.toBe(0);
    expect(output).toMatch(/unproven \$equiv/);
  });
});

describe.skipIf(missing.length > 0)(titled('Yosys on the meaning of a circuit', missing), () => {
  /** A script that proves module `gate` equal to module `gold` in every cycle, from reset on and from any state. */
  const miter = ['proc', 'opt_clean', 'miter -equiv -flatten gold gate miter', 'hierarchy -top miter'];
  const prove = (depth: number): string =>
    `sat -verify -tempinduct -set-init-zero -seq ${depth} -prove trigger 0 miter`;

  const proveCell = (kind: Exclude<CellKind, 'configuration'>, netlist: Netlist): string[] => {
    const { operands, results } = CELL_SHAPES[kind];
    const range = (width: number): string => (width === 1 ? '' : `[${width - 1}:0] `);
    const clock = kind === 'register' ? 'input clk, ' : '';
    const ports = `${clock}input ${range(operands)}x, output ${range(results)}y`;
    const gold = writeText(folder.path, `gold_${kind}.v`, [
      `module gold (${ports});`,
      BEHAVIOURAL_CELLS[kind],
      'endmodule',
    ]);
    const gate = writeText(folder.path, `gate_${kind}.v`, writeVerilog(netlist, { reset: false }));
    const name = `cell_${kind.replace('-', '_')}`;
    const steps = kind === 'register' ? prove(2) : 'sat -verify -prove trigger 0 miter';
    return ['design -reset', `read_verilog ${gold} ${gate}`, `rename ${name} gate`, ...miter, steps];
  };

  const refuted = 'Called with -verify and proof did fail!';

  it('proves every kind of cell equal to its arithmetic', () => {
    expect(yosys(CELLS.flatMap((kind) => proveCell(kind, oneCell(kind))))).toEqual({ status: 0, output: '' });
  });

  it('refutes a cell of another kind', () => {
    expect(yosys(proveCell('xor', withFault(oneCell('xor'), 'xor', 'or'))).output).toContain(refuted);
  });

  const INPUTS = 24;
  const neuron = smallCircuit('net', [INPUTS, 1, 1], 1, 1).circuit.netlist;
  const proveNeuron = (netlist: Netlist): ToolResult => {
    const gate = writeText(folder.path, 'neuron.v', writeVerilog(netlist, { reset: false }));
    const gold = writeText(folder.path, 'gold_neuron.v', [behaviouralNeuron(INPUTS, 5, 2)]);
    const read = [
      `read_verilog ${gold} ${gate}`,
      'hierarchy -top net_layer0_neuron0',
      'rename net_layer0_neuron0 gate',
    ];
    return yosys([...read, `read_verilog ${gold}`, ...miter, prove(4)]);
  };

  it(`proves a whole neuron of ${INPUTS} inputs, any weights and threshold, equal to counting in a loop`, () => {
    expect(proveNeuron(neuron)).toEqual({ status: 0, output: '' });
  });

  it('refutes a neuron with one faulty cell', () => {
    expect(proveNeuron(withFault(neuron, 'xnor', 'xor', 3)).output).toContain(refuted);
  });

  /** 1-bit inputs: a circuit without feedback, whose state is all made of the last `latency` inputs. */
  const small = smallCircuit('sample', [7, 3, 2], 1, 1).circuit;
  const proveSpecialised = (netlist: Netlist): ToolResult => {
    const { columns } = small.configuration;
    const bits = Array.from({ length: columns }, (_, bit) => getBit(small.configuration, 0, columns - 1 - bit)).join(
      '',
    );
    const ports = [...small.netlist.inputs, ...small.netlist.outputs];
    const configured = writeText(folder.path, 'configured.v', [
      ...writeVerilog({ ...small.netlist, name: 'inner' }, { reset: false }),
      `module gold (clk, ${ports.map(({ name }) => name).join(', ')});`,
      'input clk;',
      ...small.netlist.inputs.map(({ name, nets }) => `input [${nets.length - 1}:0] ${name};`),
      ...small.netlist.outputs.map(({ name, nets }) => `output [${nets.length - 1}:0] ${name};`),
      `inner inner (.clk(clk), .cfg(${columns}'b${bits}), ${ports.map(({ name }) => `.${name}(${name})`).join(', ')});`,
      'endmodule',
    ]);
    const specialised = writeText(
      folder.path,
      'specialised.v',
      writeVerilog({ ...netlist, name: 'gate' }, { reset: false }),
    );
    const read = (file: string, top: string): string[] => [
      ...[`read_verilog ${file}`, `hierarchy -top ${top}`, 'proc', 'flatten', 'opt_clean', `design -stash ${top}`],
    ];
    return yosys([
      ...[...read(configured, 'gold'), ...read(specialised, 'gate')],
      ...['design -copy-from gold gold', 'design -copy-from gate gate'],
      ...[...miter, prove(small.timing.latency + 1)],
    ]);
  };

  it('proves the specialised form equal to the configurable one with its configuration, cycle by cycle', () => {
    expect(proveSpecialised(specialise(small).circuit.netlist)).toEqual({ status: 0, output: '' });
  });

  it('refutes a specialised form that was made for another weight', () => {
    const flipped = { ...small.configuration, words: small.configuration.words.slice() };
    flipped.words[0] ^= 1 << 3;
    const { netlist } = specialise({ ...small, configuration: flipped }).circuit;
    expect(proveSpecialised(netlist).output).toContain(refuted);
  });
});
