import { describe, expect, it } from 'vitest';
import { NetlistBuilder } from './builder.js';
import { logicCone } from './cone.js';
import { driversOf } from './levelize.js';
import { kindOf } from './netlist.js';

function sample() {
  const builder = new NetlistBuilder('cone');
  const [a, b] = builder.input('x', 2);
  const before = builder.register(builder.and(a, b));
  const product = builder.xnor(before, builder.configuration());
  const after = builder.register(builder.or(product, a));
  const netlist = builder.build();
  const kinds = (net: number, most?: number): readonly string[] =>
    logicCone(netlist, driversOf(netlist), net, most).cells.map((cell) => kindOf(netlist.cells, cell));
  return { a, before, product, after, kinds, netlist };
}

describe('the logic cone of a net', () => {
  it('goes back to registers, configuration and ports, and takes in the register that drives the net', () => {
    const { after, before, kinds } = sample();
    expect(kinds(after)).toEqual(['register', 'or', 'xnor']);
    expect(kinds(before)).toEqual(['register', 'and']);
  });

  it('is empty for a port and for a constant', () => {
    const { a, kinds } = sample();
    expect(kinds(a)).toEqual([]);
    expect(kinds(1)).toEqual([]);
  });

  it('stops at the number of cells that was asked for, and says so', () => {
    const { after, netlist } = sample();
    expect(logicCone(netlist, driversOf(netlist), after, 2)).toMatchObject({ cells: { length: 2 }, isCut: true });
    expect(logicCone(netlist, driversOf(netlist), after, 3)).toMatchObject({ isCut: false });
  });
});
