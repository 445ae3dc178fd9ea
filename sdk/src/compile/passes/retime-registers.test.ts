import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { parseNetlist, printNetlist } from '@adiabit/simulator/netlist';
import { retimeRegisters, runPass } from './index.js';

const retimed = (text: string): string[] => {
  const netlist = parseNetlist(`netlist x\n${text}`);
  const timing = { planes: 1, initiationInterval: 1, latency: 0 };
  const shape = { inputCount: 0, inputBits: 1, outputCount: 0 };
  const configuration = bitMatrixFrom(1, 0, () => false);
  return [...printNetlist(runPass(retimeRegisters, { netlist, configuration, timing, shape }))].slice(1);
};

/** Registers behind three inputs, and two cells one behind the other elsewhere, so that there is room for two levels. */
const REGISTERED = 'input x n2 n3 n4\nn5 = register n2\nn6 = register n3\nn7 = register n4\n';
const ROOM = 'n20 = not n2\nn21 = not n20\n';

describe('retiming registers', () => {
  it('moves the three registers before a full adder behind it, where they are two', () => {
    const after = retimed(`${REGISTERED}${ROOM}n8 n9 = full-adder n5 n6 n7\noutput y n8 n9 n21`);
    expect(after.filter((line) => line.includes('full-adder'))).toHaveLength(1);
    expect(after.find((line) => line.includes('full-adder'))).toMatch(/= full-adder n2 n3 n4$/);
    expect(after.filter((line) => line.includes('register'))).toHaveLength(2);
  });

  it('keeps one register where only one result is read', () => {
    const after = retimed(`${REGISTERED}${ROOM}n8 n9 = full-adder n5 n6 n7\noutput y n9 n21`);
    expect(after.filter((line) => line.includes('register'))).toHaveLength(1);
  });

  it('moves a row to the end of a chain of cells, and the row before it after that', () => {
    const chain =
      'input x n2 n3 n4\n' +
      'n5 = register n2\nn6 = register n3\nn7 = register n4\nn8 = and n5 n6\nn9 = register n8\nn10 = register n7\n' +
      'n11 = or n9 n10\noutput y n11';
    const after = retimed(`${chain} n14\nn12 = not n2\nn13 = not n12\nn14 = not n13`);
    expect(after.filter((line) => line.includes('register'))).toHaveLength(2);
    expect(after.filter((line) => / = (and|or) /.test(line))).toHaveLength(2);
  });

  it.each([
    ['registers that something else reads', `${REGISTERED}${ROOM}n8 n9 = full-adder n5 n6 n7\noutput y n8 n9 n5 n21`],
    ['registers that a probe shows', `${REGISTERED}${ROOM}n8 = and n5 n6\noutput y n8 n21 n7\nprobe seen n5`],
    ['as many registers behind as before', `${REGISTERED}${ROOM}n8 n9 = half-adder n5 n6\noutput y n8 n9 n7 n21`],
    ['cells that make ones of zeros', `${REGISTERED}${ROOM}n8 = xnor n5 n6\noutput y n8 n7 n21`],
    ['operands that are in no register', `${REGISTERED}${ROOM}n8 = mux n5 n6 n2\noutput y n8 n7 n21`],
    [
      'a path that would become the longest',
      'input x n2 n3\nn4 = not n2\nn5 = register n4\nn6 = register n3\nn7 = and n5 n6\noutput y n7',
    ],
  ])('leaves alone: %s', (_, text) => {
    const before = [...printNetlist(parseNetlist(`netlist x\n${text}`))].slice(1);
    expect(retimed(text).filter((line) => line.includes('register'))).toEqual(
      before.filter((line) => line.includes('register')),
    );
  });
});
