import { slotRegionBytes, type BoardEntry } from './entry.js';

/** Writes a number as unsigned with 32 bits, also where an int has 16. */
const long = (value: number): string => `${value}UL`;
const short = (value: number): string => `${value}u`;
const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(8, '0')}UL`;

/** A line of the header: the macro, its value, and the field of the entry whose note stands beside it. */
type Line = readonly [macro: string, value: string, field?: string];

function linesOf(entry: BoardEntry): readonly (readonly Line[])[] {
  const { ramSlots } = entry;
  return [
    [
      ['BOARD_ID', JSON.stringify(entry.id)],
      ['BOARD_CLOCK_HZ', long(entry.clockHz), 'clockHz'],
      ['BOARD_BAUD_RATE', long(entry.baudRate), 'baudRate'],
    ],
    [
      ['BOARD_FLASH_ADDRESS', hex(entry.flashAddress), 'flashAddress'],
      ['BOARD_FLASH_BYTES', long(entry.flashBytes), 'flashBytes'],
      ['BOARD_RAM_BYTES', long(entry.ramBytes), 'ramBytes'],
    ],
    [
      ['BOARD_SLOT_COUNT', short(entry.slotCount), 'slotCount'],
      ['BOARD_SLOT_A_ADDRESS', hex(entry.slotAddress), 'slotAddress'],
      ['BOARD_SLOT_REGION_BYTES', long(slotRegionBytes(entry)), 'slotBytes'],
      ['BOARD_SECTOR_BYTES', short(entry.sectorBytes), 'sectorBytes'],
      ...(entry.trustStoreAddress === undefined
        ? []
        : [['BOARD_TRUST_STORE_ADDRESS', hex(entry.trustStoreAddress), 'trustStoreAddress'] as const]),
    ],
    ramSlots === undefined
      ? []
      : [
          ['BOARD_RAM_SLOT_REGION_BYTES', short(slotRegionBytes(ramSlots)), 'ramSlots'],
          ['BOARD_RAM_SECTOR_BYTES', short(ramSlots.sectorBytes)],
        ],
    [
      ['BOARD_WORK_BYTES', short(entry.workBytes), 'workBytes'],
      ['BOARD_MAX_PAYLOAD_BYTES', short(entry.maxPayloadBytes), 'maxPayloadBytes'],
      ['BOARD_WINDOW_BYTES', short(entry.windowBytes), 'windowBytes'],
      ['PORT_RING_BYTES', `${entry.ringBytes}`, 'ringBytes'],
    ],
    [
      ['BOARD_COUNTER_UNIT', `ADIABIT_COUNTER_UNIT_${entry.counterUnit.toUpperCase()}`, 'counterUnit'],
      ['BOARD_COUNTER_HZ', long(entry.counterHz), 'counterHz'],
    ],
    Object.entries(entry.numbers ?? {}).map(([macro, value]): Line => [macro, long(value), macro]),
  ];
}

/** Returns the text of a board's `board.h`: the numbers of its entry, as the C sources want them. */
export function boardHeader(entry: BoardEntry): string {
  const define = ([macro, value, field]: Line): string => {
    const note = field === undefined ? undefined : entry.notes?.[field];
    return `#define ${macro} ${value}${note === undefined ? '' : ` /* ${note} */`}`;
  };
  const blocks = linesOf(entry)
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(define).join('\n'));
  return [
    `/* ${entry.name}. Generated from its entry in boards.json (sdk/src/boards/header.ts). Do not edit. */`,
    '#ifndef BOARD_H',
    '#define BOARD_H',
    '',
    ...blocks.flatMap((block) => [block, '']),
    '#if !defined(BOARD_KERNEL) /* benchmarks build others in */',
    `#define BOARD_KERNEL ${entry.kernel}${entry.notes?.['kernel'] === undefined ? '' : ` /* ${entry.notes['kernel']} */`}`,
    '#endif',
    '',
    '#endif /* BOARD_H */',
    '',
  ].join('\n');
}
