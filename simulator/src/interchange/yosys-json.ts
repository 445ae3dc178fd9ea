import { livenessOf } from '../netlist/liveness.js';
import type { Memory } from '../netlist/memory.js';
import { CONSTANT_1, kindOf, operandsOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import { flatNames } from './flat-names.js';
import { buildHierarchy, memoryOutput, memoryWords } from './hierarchy.js';
import { CELL_LOGIC, type Logic } from './logic.js';
import { VERILOG_PORT, verilogName } from './verilog.js';
import { yosysMemory } from './yosys-memory.js';

/** A net in Yosys's JSON: an integer from 2 up, or a constant as text. */
type Bit = number | '0' | '1';

const GATES = { not: '$_NOT_', and: '$_AND_', or: '$_OR_', xor: '$_XOR_', xnor: '$_XNOR_' } as const;

/**
 * Writes a netlist as the flat JSON of Yosys (`help write_json` defines it), with Yosys's one-bit gates and a `$mem_v2`
 * cell for each memory. Nets keep their numbers. Configuration bits are the input `cfg`.
 */
export function* writeYosysJson(netlist: Netlist): Generator<string> {
  const { cells } = netlist;
  const hierarchy = buildHierarchy(netlist);
  const { read, configuration, top } = hierarchy;
  const name = flatNames(netlist, hierarchy);
  const live = livenessOf(netlist);
  const liveMemories = netlist.memories.filter((_, index) => live.memories[index] === 1);
  /** Makes a name in the scope of a memory. */
  const inScope = ({ data }: Memory, local: string): string => {
    const { path } = hierarchy.scopeOf(data[0]);
    return path === '' ? local : `${path}.${local}`;
  };
  const bit = (net: number): Bit => (net <= CONSTANT_1 ? (`${net}` as '0' | '1') : net);
  const clock = netlist.netCount;
  let nextBit = clock + 1;

  yield '{';
  yield '  "creator": "Adiabit",';
  yield '  "modules": {';
  yield `    ${JSON.stringify(verilogName(netlist))}: {`;
  yield '      "attributes": { "top": "1" },';
  yield '      "ports": {';
  yield* separated(
    [
      ...(top.clocked ? [{ name: VERILOG_PORT.clock, nets: [clock], direction: 'input' }] : []),
      ...netlist.inputs.map((port) => ({ ...port, direction: 'input' })),
      ...(configuration.length > 0
        ? [{ name: VERILOG_PORT.configuration, nets: configuration, direction: 'input' }]
        : []),
      ...netlist.outputs.map((port) => ({ ...port, direction: 'output' })),
    ].map((port) =>
      entry(port.name, {
        direction: port.direction,
        bits: Array.from(port.nets, bit),
        ...('signed' in port && port.signed ? { signed: 1 } : {}),
      }),
    ),
  );
  yield '      },';
  yield '      "cells": {';
  yield* separated(cellEntries());
  yield '      },';
  yield '      "netnames": {';
  yield* separated(netEntries());
  yield '      }';
  yield '    }';
  yield '  }';
  yield '}';

  function* cellEntries(): Generator<string> {
    yield* memoryEntries();
    for (let cell = 0; cell < cells.count; cell++) {
      const kind = kindOf(cells, cell);
      const operands = operandsOf(cells, cell).map(bit);
      if (kind === 'configuration') continue;
      if (kind === 'register') {
        const q = cells.out[cell];
        if (read[q]) yield gate(name(q), '$_DFF_P_', { D: operands[0], C: clock, Q: q });
        continue;
      }
      for (const [index, net] of resultsOf(cells, cell).entries()) {
        if (read[net]) yield* gates(CELL_LOGIC[kind][index], operands, name(net), net);
      }
    }
  }

  function* memoryEntries(): Generator<string> {
    for (const memory of liveMemories) {
      const label = inScope(memory, memoryWords(memory.name));
      yield entry(label, yosysMemory(memory, label, bit, clock));
    }
  }

  /** Writes one gate per operator, the innermost first. */
  function* gates(logic: Logic, operands: readonly Bit[], label: string, output: number): Generator<string> {
    if (typeof logic === 'string') throw new RangeError('A cell is at least one gate.');
    const [operator, ...parts] = logic;
    const inputs: Bit[] = [];
    for (const [index, part] of parts.entries()) {
      if (typeof part === 'string') {
        inputs.push(operands['abc'.indexOf(part)]);
      } else {
        const inner = nextBit++;
        yield* gates(part, operands, `${label}.${index}`, inner);
        inputs.push(inner);
      }
    }
    if (operator === 'mux') yield gate(label, '$_MUX_', { S: inputs[0], B: inputs[1], A: inputs[2], Y: output });
    else if (operator === 'not') yield gate(label, GATES.not, { A: inputs[0], Y: output });
    else yield gate(label, GATES[operator], { A: inputs[0], B: inputs[1], Y: output });
  }

  function* netEntries(): Generator<string> {
    for (const memory of liveMemories) {
      yield entry(inScope(memory, memoryOutput(memory.name)), {
        hide_name: 0,
        bits: Array.from(memory.data),
        attributes: {},
      });
    }
    for (let cell = 0; cell < cells.count; cell++) {
      const kind = kindOf(cells, cell);
      if (kind === 'configuration') continue;
      for (const net of resultsOf(cells, cell)) {
        if (!read[net]) continue;
        yield entry(name(net), {
          hide_name: 0,
          bits: [net],
          attributes: kind === 'register' ? { init: '0' } : {},
        });
      }
    }
  }
}

const OUTPUTS = new Set(['Y', 'Q']);

function gate(name: string, type: string, connections: Readonly<Record<string, Bit>>): string {
  const directions = Object.keys(connections).map((port) => [port, OUTPUTS.has(port) ? 'output' : 'input']);
  return entry(`$${name}`, {
    hide_name: 1,
    type,
    parameters: {},
    attributes: {},
    port_directions: Object.fromEntries(directions) as Record<string, string>,
    connections: Object.fromEntries(Object.entries(connections).map(([port, bit]) => [port, [bit]])),
  });
}

const entry = (name: string, value: unknown): string => `        ${JSON.stringify(name)}: ${JSON.stringify(value)}`;

/** Writes the entries of an object, with a comma after all but the last. */
function* separated(entries: Iterable<string>): Generator<string> {
  let before: string | undefined;
  for (const line of entries) {
    if (before !== undefined) yield `${before},`;
    before = line;
  }
  if (before !== undefined) yield before;
}
