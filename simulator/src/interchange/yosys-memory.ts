import { getBit } from '../bits/bit-matrix.js';
import type { Memory } from '../netlist/memory.js';

/** A cell of Yosys's JSON, with its connections as net numbers or constants. */
export interface YosysMemory<Bit> {
  readonly hide_name: 0;
  readonly type: '$mem_v2';
  readonly parameters: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, never>>;
  readonly port_directions: Readonly<Record<string, 'input' | 'output'>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

const integer = (value: number): string => value.toString(2).padStart(32, '0');

/**
 * Makes Yosys's `$mem_v2` cell of a memory (`help $mem_v2` lists its parameters): one clocked read port that gives the
 * word as it was before a write in the same cycle, and at most one clocked write port. The word that was read starts as
 * 0.
 * @param label unique in the design
 * @param bit writes a net
 * @param clock net of the clock
 */
export function yosysMemory<Bit>(
  { depth, address, data, write, contents }: Memory,
  label: string,
  bit: (net: number) => Bit,
  clock: Bit,
): YosysMemory<Bit | '0' | '1'> {
  const width = data.length;
  const writePorts = write === undefined ? 0 : 1;
  // Addresses of write ports may only be as wide as those of the read port.
  const addressWidth = Math.max(address.length, write?.address.length ?? 0);
  const padded = (nets: Int32Array): (Bit | '0')[] => [
    ...Array.from(nets, bit),
    ...Array.from({ length: addressWidth - nets.length }, () => '0' as const),
  ];
  const word = (row: number): string =>
    Array.from({ length: width }, (_, at) => (contents && getBit(contents, row, width - 1 - at) ? '1' : '0')).join('');
  return {
    hide_name: 0,
    type: '$mem_v2',
    parameters: {
      MEMID: `\\${label}`,
      ABITS: integer(addressWidth),
      WIDTH: integer(width),
      SIZE: integer(depth),
      OFFSET: integer(0),
      INIT: Array.from({ length: depth }, (_, row) => word(depth - 1 - row)).join(''),
      RD_PORTS: integer(1),
      RD_CLK_ENABLE: '1',
      RD_CLK_POLARITY: '1',
      RD_TRANSPARENCY_MASK: '0',
      RD_COLLISION_X_MASK: '0',
      RD_WIDE_CONTINUATION: '0',
      RD_CE_OVER_SRST: '0',
      RD_INIT_VALUE: '0'.repeat(width),
      RD_ARST_VALUE: 'x'.repeat(width),
      RD_SRST_VALUE: 'x'.repeat(width),
      WR_PORTS: integer(writePorts),
      // Without a write port the masks still need one bit: Yosys has no empty constants in JSON.
      WR_CLK_ENABLE: String(writePorts),
      WR_CLK_POLARITY: String(writePorts),
      WR_PRIORITY_MASK: '0',
      WR_WIDE_CONTINUATION: '0',
    },
    attributes: {},
    port_directions: {
      RD_CLK: 'input',
      RD_EN: 'input',
      RD_ARST: 'input',
      RD_SRST: 'input',
      RD_ADDR: 'input',
      RD_DATA: 'output',
      WR_CLK: 'input',
      WR_EN: 'input',
      WR_ADDR: 'input',
      WR_DATA: 'input',
    },
    connections: {
      RD_CLK: [clock],
      RD_EN: ['1'],
      RD_ARST: ['0'],
      RD_SRST: ['0'],
      RD_ADDR: padded(address),
      RD_DATA: Array.from(data, bit),
      WR_CLK: write ? [clock] : [],
      WR_EN: write ? Array.from(data, () => bit(write.enable)) : [],
      WR_ADDR: write ? padded(write.address) : [],
      WR_DATA: write ? Array.from(write.data, bit) : [],
    },
  };
}
