import { bitMatrixFrom } from '../../bits/bit-matrix.js';
import { NetlistBuilder } from '../builder.js';
import type { Netlist } from '../netlist.js';

/** The width of the only input port, x. */
export const INPUT_WIDTH = 6;

/**
 * Builds a random netlist with every kind of cell, memories, feedback, shift registers and configuration bits. Its
 * output y depends on every net. `noise` gives large random integers.
 */
export function randomNetlist(noise: () => number): { netlist: Netlist; configurationBits: number } {
  const builder = new NetlistBuilder('random');
  const nets = [0, 1, ...builder.input('x', INPUT_WIDTH)];
  const configurationBits = 5;
  for (let bit = 0; bit < configurationBits; bit++) nets.push(builder.configuration());
  const open = Array.from({ length: 3 }, () => builder.openRegister());
  nets.push(...open.map(({ q }) => q));
  builder.enterGroup('store', 'memory');
  const memories = [
    builder.memory('rom', { depth: 5, width: 3, contents: bitMatrixFrom(5, 3, () => noise() % 2 === 1) }),
    builder.memory('ram', { depth: 3, width: 2 }),
    builder.memory('both', { depth: 4, width: 1, contents: bitMatrixFrom(4, 1, () => noise() % 2 === 1) }),
  ];
  memories.forEach(({ data }) => nets.push(...data));
  const anyNet = (): number => nets[noise() % nets.length];
  for (let cell = 0; cell < 60; cell++) {
    if (cell % 12 === 0) builder.enterGroup(`group${cell}`, 'other');
    const choice = noise() % 10;
    if (choice === 0) nets.push(builder.not(anyNet()));
    else if (choice === 1) nets.push(builder.and(anyNet(), anyNet()));
    else if (choice === 2) nets.push(builder.or(anyNet(), anyNet()));
    else if (choice === 3) nets.push(builder.xor(anyNet(), anyNet()));
    else if (choice === 4) nets.push(builder.xnor(anyNet(), anyNet()));
    else if (choice === 5) nets.push(builder.mux(anyNet(), anyNet(), anyNet()));
    else if (choice === 6) nets.push(builder.compare(anyNet(), anyNet(), anyNet()));
    else if (choice === 7) nets.push(...Object.values(builder.halfAdder(anyNet(), anyNet())));
    else if (choice === 8) nets.push(...Object.values(builder.fullAdder(anyNet(), anyNet(), anyNet())));
    else nets.push(builder.register(anyNet()));
  }
  open.forEach((register) => register.connect(anyNet()));
  const some = (count: number): number[] => Array.from({ length: count }, anyNet);
  const [rom, ram, both] = memories;
  rom.connectRead(some(3));
  ram.connectRead(some(2));
  ram.connectWrite({ enable: anyNet(), address: some(2), data: some(2) });
  both.connectRead(some(2));
  both.connectWrite({ enable: anyNet(), address: some(2), data: some(1) });
  builder.output('y', nets);
  return { netlist: builder.build(), configurationBits };
}
