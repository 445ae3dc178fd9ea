import { NetlistError } from '../errors.js';
import { CONSTANT_0, CONSTANT_1, kindOf, operandsOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import { getBit } from '../bits/bit-matrix.js';
import { buildHierarchy, memoryOutput, memoryWords, type Hierarchy, type Scope } from './hierarchy.js';
import { identifier, isIdentifier } from './identifiers.js';
import { CELL_LOGIC, type Logic } from './logic.js';
import { concatenation, literal, reference, type NetReference } from './verilog-text.js';
import { visible } from '../text/visible.js';

export interface VerilogOptions {
  /** Lines for the start of the file, without comment marks. */
  readonly comment?: readonly string[];
  /** Whether there is a synchronous reset `rst` besides the initial values (true). */
  readonly reset?: boolean;
}

/** The ports of the Verilog besides those of the netlist. */
export const VERILOG_PORT = { clock: 'clk', reset: 'rst', configuration: 'cfg' } as const;

/** Names the top module. */
export const verilogName = (netlist: Netlist): string => identifier(netlist.name);

/**
 * Writes a netlist as synthesizable Verilog-2001: a module per group, nested like the group names, and one module for
 * all groups of equal structure. Configuration bits enter through the port `cfg`, in the order of the bitstream's bits.
 * Registers power up as 0. A memory is an array with its contents as initial values.
 * @throws NetlistError `netlist.bad-name` if a port's name is invalid in Verilog
 */
export function* writeVerilog(netlist: Netlist, options: VerilogOptions = {}): Generator<string> {
  const hierarchy = buildHierarchy(netlist);
  checkPortNames(netlist, hierarchy);
  for (const line of options.comment ?? []) yield `// ${visible(line.replace(/\s+/g, ' '))}`;
  yield '/* verilator lint_off DECLFILENAME */';
  yield '`default_nettype none';
  yield* new ModuleWriter(netlist, hierarchy, options.reset ?? true).write(hierarchy.top);
  yield '`default_nettype wire';
}

function checkPortNames({ cells, inputs, outputs }: Netlist, { top, localName }: Hierarchy): void {
  const taken = new Set<string>([
    ...Object.values(VERILOG_PORT),
    UNUSED,
    ...top.children.flatMap((child) => [child.name, outputWire(child)]),
    ...top.cells.flatMap((cell) => resultsOf(cells, cell).map(localName)),
  ]);
  for (const { name } of [...inputs, ...outputs]) {
    if (!isIdentifier(name) || taken.has(name)) {
      const why = isIdentifier(name) ? 'has another meaning in the Verilog' : 'is no Verilog name';
      throw new NetlistError('bad-name', `The port name "${name}" ${why}. Rename the port.`, { name });
    }
  }
}

/**
 * The suffix of a net that collects unread bits of ports. Linters take it as a sign that they are meant to be unread.
 */
const UNUSED = '_unused';

const outputWire = (child: Scope): string => `${child.name}_y`;

class ModuleWriter {
  /** The module names by the text after the name. */
  readonly #modules = new Map<string, string>();
  readonly #positions = new Map<ReadonlySet<number>, ReadonlyMap<number, number>>();
  readonly #portBits = new Map<number, NetReference>();

  readonly #netlist: Netlist;
  readonly #hierarchy: Hierarchy;
  readonly #reset: boolean;

  constructor(netlist: Netlist, hierarchy: Hierarchy, reset: boolean) {
    this.#netlist = netlist;
    this.#hierarchy = hierarchy;
    this.#reset = reset;

    for (const { name, nets } of netlist.inputs) {
      nets.forEach((net, bit) => this.#portBits.set(net, reference(name, bit, nets.length)));
    }
    const { configuration } = hierarchy;
    configuration.forEach((net, bit) =>
      this.#portBits.set(net, reference(VERILOG_PORT.configuration, bit, configuration.length)),
    );
  }

  /**
   * Writes the modules inside a scope, then its own.
   * @returns the name of its module
   */
  *write(scope: Scope): Generator<string, string> {
    const children: { child: Scope; module: string }[] = [];
    for (const child of scope.children) {
      if (child.outputs.size > 0) children.push({ child, module: yield* this.write(child) });
    }
    const lines = [
      ...this.#ports(scope),
      ...children.flatMap(({ child, module }) => this.#instance(scope, child, module)),
    ];
    lines.push(
      ...scope.memories.flatMap((memory) => this.#memory(scope, memory)),
      ...this.#cells(scope),
      ...this.#outputs(scope),
      'endmodule',
    );
    const body = lines.join('\n');
    const known = this.#modules.get(body);
    if (known !== undefined) return known;
    const name = [verilogName(this.#netlist), ...(scope.parent ? scope.path.split('.') : [])].join('_');
    this.#modules.set(body, name);
    yield '';
    yield `module ${name} (`;
    yield* lines;
    return name;
  }

  #ports(scope: Scope): string[] {
    const ports = this.#clockPorts(scope).map((name) => `input wire ${name}`);
    if (scope.parent) {
      if (scope.inputs.size > 0) ports.push(`input wire ${range(scope.inputs.size)}a`);
      if (scope.configuration.size > 0)
        ports.push(`input wire ${range(scope.configuration.size)}${VERILOG_PORT.configuration}`);
      ports.push(`output wire ${range(scope.outputs.size)}y`);
    } else {
      const { configuration } = this.#hierarchy;
      for (const { name, nets } of this.#netlist.inputs) ports.push(`input wire ${range(nets.length)}${name}`);
      if (configuration.length > 0)
        ports.push(`input wire ${range(configuration.length)}${VERILOG_PORT.configuration}`);
      for (const { name, nets, signed } of this.#netlist.outputs)
        ports.push(`output wire ${signed ? 'signed ' : ''}${range(nets.length)}${name}`);
    }
    return [...ports.map((port, index) => `  ${port}${index < ports.length - 1 ? ',' : ''}`), ');'];
  }

  #clockPorts(scope: Scope): string[] {
    if (!scope.clocked) return [];
    return this.#reset ? [VERILOG_PORT.clock, VERILOG_PORT.reset] : [VERILOG_PORT.clock];
  }

  #instance(scope: Scope, child: Scope, module: string): string[] {
    const connections = this.#clockPorts(child).map((name) => `.${name}(${name})`);
    if (child.inputs.size > 0) connections.push(`.a(${this.#vector(scope, sorted(child.inputs))})`);
    if (child.configuration.size > 0)
      connections.push(`.${VERILOG_PORT.configuration}(${this.#vector(scope, sorted(child.configuration))})`);
    const wire = outputWire(child);
    connections.push(`.y(${wire})`);
    return [
      `  wire ${range(child.outputs.size)}${wire};`,
      `  ${module} ${child.name} (`,
      ...connections.map((text, index) => `    ${text}${index < connections.length - 1 ? ',' : ''}`),
      '  );',
    ];
  }

  #cells(scope: Scope): string[] {
    const { cells } = this.#netlist;
    const { read, localName } = this.#hierarchy;
    const lines: string[] = [];
    const registers: { name: string; next: string }[] = [];
    for (const cell of scope.cells) {
      const operands = operandsOf(cells, cell).map((net) => this.#net(scope, net).text);
      const kind = kindOf(cells, cell);
      if (kind === 'register') {
        const name = localName(cells.out[cell]);
        lines.push(`  reg ${name} = 1'b0;`);
        registers.push({ name, next: operands[0] });
      } else if (kind !== 'configuration') {
        resultsOf(cells, cell).forEach((net, index) => {
          if (read[net]) lines.push(`  wire ${localName(net)} = ${expression(CELL_LOGIC[kind][index], operands)};`);
        });
      }
    }
    if (registers.length === 0) return lines;
    const steps = registers.map(({ name, next }) => `${name} <= ${next};`);
    const clears = registers.map(({ name }) => `${name} <= 1'b0;`);
    const indented = (texts: readonly string[], by: string): string[] => texts.map((text) => by + text);
    lines.push(`  always @(posedge ${VERILOG_PORT.clock}) begin`);
    if (this.#reset) {
      lines.push(`    if (${VERILOG_PORT.reset}) begin`, ...indented(clears, '      '), '    end else begin');
      lines.push(...indented(steps, '      '), '    end');
    } else {
      lines.push(...indented(steps, '    '));
    }
    lines.push('  end');
    return lines;
  }

  /**
   * Writes an array that is read and written at the clock edge, so that synthesis makes a block memory of it. It is
   * never reset.
   */
  #memory(scope: Scope, index: number): string[] {
    const { name, depth, address, data, write, contents } = this.#netlist.memories[index];
    const words = memoryWords(name);
    const output = memoryOutput(name);
    const width = range(data.length);
    const lines = [`  reg ${width}${words} [0:${depth - 1}];`, `  reg ${width}${output} = ${data.length}'d0;`];
    if (contents === undefined) {
      const index = `${words}_i`;
      lines.push(`  integer ${index};`);
      lines.push(`  initial for (${index} = 0; ${index} < ${depth}; ${index} = ${index} + 1) ${words}[${index}] = 0;`);
    } else {
      const word = (row: number): string => literal(data.length, (bit) => getBit(contents, row, bit));
      lines.push('  initial begin');
      for (let row = 0; row < depth; row++) lines.push(`    ${words}[${row}] = ${word(row)};`);
      lines.push('  end');
    }
    lines.push(`  always @(posedge ${VERILOG_PORT.clock}) begin`);
    lines.push(`    ${output} <= ${words}[${this.#vector(scope, [...address])}];`);
    if (write !== undefined) {
      const to = this.#vector(scope, [...write.address]);
      lines.push(
        `    if (${this.#net(scope, write.enable).text}) ${words}[${to}] <= ${this.#vector(scope, [...write.data])};`,
      );
    }
    return [...lines, '  end'];
  }

  #outputs(scope: Scope): string[] {
    if (scope.parent) return [`  assign y = ${this.#vector(scope, sorted(scope.outputs))};`];
    const lines = this.#netlist.outputs.map(
      ({ name, nets }) => `  assign ${name} = ${this.#vector(scope, [...nets])};`,
    );
    const unread = [...this.#portBits.keys()].filter((net) => !this.#hierarchy.read[net]);
    if (unread.length > 0) lines.push(`  wire ${UNUSED} = &{1'b0, ${this.#vector(scope, unread)}};`);
    return lines;
  }

  #vector(scope: Scope, nets: readonly number[]): string {
    return concatenation(nets.map((net) => this.#net(scope, net)));
  }

  /** Gives the name of a net inside a scope. */
  #net(scope: Scope, net: number): NetReference {
    if (net === CONSTANT_0 || net === CONSTANT_1) return reference(net === CONSTANT_0 ? "1'b0" : "1'b1");
    const port = this.#portBits.get(net);
    if (!scope.parent && port) return port;
    const local = (name: string, nets: ReadonlySet<number>): NetReference =>
      reference(name, this.#positionIn(nets, net), nets.size);
    if (scope.inputs.has(net)) return local('a', scope.inputs);
    if (scope.configuration.has(net)) return local(VERILOG_PORT.configuration, scope.configuration);
    let home = this.#hierarchy.scopeOf(net);
    const memory = this.#hierarchy.memoryBits.get(net);
    if (home === scope && memory !== undefined) {
      const { name, data } = this.#netlist.memories[memory.memory];
      return reference(memoryOutput(name), memory.bit, data.length);
    }
    if (home === scope) return reference(this.#hierarchy.localName(net));
    while (home.parent !== scope) home = home.parent!;
    return local(outputWire(home), home.outputs);
  }

  #positionIn(nets: ReadonlySet<number>, net: number): number {
    let positions = this.#positions.get(nets);
    if (!positions) {
      positions = new Map(sorted(nets).map((member, index) => [member, index]));
      this.#positions.set(nets, positions);
    }
    return positions.get(net)!;
  }
}

const sorted = (nets: ReadonlySet<number>): number[] => [...nets].sort((x, y) => x - y);

const range = (width: number): string => (width === 1 ? '' : `[${width - 1}:0] `);

/** Writes an expression. All operands are one bit wide, so `~` cannot widen before it negates. */
function expression(logic: Logic, operands: readonly string[]): string {
  const inner = (part: Logic): string =>
    typeof part === 'string' ? operands['abc'.indexOf(part)] : `(${expression(part, operands)})`;
  if (typeof logic === 'string') return inner(logic);
  switch (logic[0]) {
    case 'not':
      return `~${inner(logic[1])}`;
    case 'and':
      return `${inner(logic[1])} & ${inner(logic[2])}`;
    case 'or':
      return `${inner(logic[1])} | ${inner(logic[2])}`;
    case 'xor':
      return `${inner(logic[1])} ^ ${inner(logic[2])}`;
    case 'xnor':
      return `~(${inner(logic[1])} ^ ${inner(logic[2])})`;
    case 'mux':
      return `${inner(logic[1])} ? ${inner(logic[2])} : ${inner(logic[3])}`;
  }
}
