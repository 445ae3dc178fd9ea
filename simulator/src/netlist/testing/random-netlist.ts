import { NetlistBuilder } from '../builder.js';
import type { Netlist } from '../netlist.js';

/** Width of the one input port, x. */
export const INPUT_WIDTH = 6;

/**
 * A random netlist of every kind of cell, with feedback, shift registers and configuration bits; its output y shows
 * every net. `noise` gives large random integers.
 */
export function randomNetlist(noise: () => number): { netlist: Netlist; configurationBits: number } {
  const builder = new NetlistBuilder('random');
  const nets = [0, 1, ...builder.input('x', INPUT_WIDTH)];
  const configurationBits = 5;
  for (let bit = 0; bit < configurationBits; bit++) nets.push(builder.configuration());
  const open = Array.from({ length: 3 }, () => builder.openRegister());
  nets.push(...open.map(({ q }) => q));
  const any = (): number => nets[noise() % nets.length];
  for (let cell = 0; cell < 60; cell++) {
    if (cell % 12 === 0) builder.enterGroup(`group${cell}`, 'other');
    const choice = noise() % 10;
    if (choice === 0) nets.push(builder.not(any()));
    else if (choice === 1) nets.push(builder.and(any(), any()));
    else if (choice === 2) nets.push(builder.or(any(), any()));
    else if (choice === 3) nets.push(builder.xor(any(), any()));
    else if (choice === 4) nets.push(builder.xnor(any(), any()));
    else if (choice === 5) nets.push(builder.mux(any(), any(), any()));
    else if (choice === 6) nets.push(builder.compare(any(), any(), any()));
    else if (choice === 7) nets.push(...Object.values(builder.halfAdder(any(), any())));
    else if (choice === 8) nets.push(...Object.values(builder.fullAdder(any(), any(), any())));
    else nets.push(builder.register(any()));
  }
  open.forEach((register) => register.connect(any()));
  builder.output('y', nets);
  return { netlist: builder.build(), configurationBits };
}
