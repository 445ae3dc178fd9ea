/** What an FPGA has, as its data sheet says. */
export interface Target {
  readonly title: string;
  /** Inputs of a look-up table. */
  readonly lutInputs: 4 | 6;
  readonly luts: number;
  readonly registers: number;
  /** Bits of block memories that can hold contents from the start. */
  readonly memoryBits: number;
  /** Delays for a guess at the clock. If absent, none was calibrated. */
  readonly delays?: Delays;
}

/** A path takes the fixed part and one part a table, the way to it included. */
export interface Delays {
  readonly fixedNs: number;
  readonly tableNs: number;
}

const KIB = 1024;

/**
 * Fitted to what nextpnr-ice40 0.4 reports of ten placements of eight circuits with 4 to 19 levels: on an HX8K within
 * 18 percent, on a UP5K, whose tables and wires take almost three times as long, within 20. A better or worse placement
 * moves it as much.
 */
const HX_DELAYS: Delays = { fixedNs: 1.6, tableNs: 0.67 };
const UP_DELAYS: Delays = { fixedNs: 4.5, tableNs: 1.9 };

/**
 * Lattice iCE40 LP/HX Family Data Sheet (FPGA-DS-02029), iCE40 UltraPlus Family Data Sheet (FPGA-DS-02008), ECP5 and
 * ECP5-5G Family Data Sheet (FPGA-DS-02012). The generic ones have no end: they are for comparing.
 */
export const TARGETS = {
  'ice40-hx8k': {
    title: 'Lattice iCE40 HX8K',
    lutInputs: 4,
    luts: 7680,
    registers: 7680,
    memoryBits: 128 * KIB,
    delays: HX_DELAYS,
  },
  'ice40-up5k': {
    title: 'Lattice iCE40 UP5K',
    lutInputs: 4,
    luts: 5280,
    registers: 5280,
    memoryBits: 120 * KIB,
    delays: UP_DELAYS,
  },
  'ecp5-25k': { title: 'Lattice ECP5 25K', lutInputs: 4, luts: 24_288, registers: 24_288, memoryBits: 1008 * KIB },
  'ecp5-85k': { title: 'Lattice ECP5 85K', lutInputs: 4, luts: 83_640, registers: 83_640, memoryBits: 3744 * KIB },
  lut4: {
    title: 'any chip of 4-input tables',
    lutInputs: 4,
    luts: Infinity,
    registers: Infinity,
    memoryBits: Infinity,
  },
  lut6: {
    title: 'any chip of 6-input tables',
    lutInputs: 6,
    luts: Infinity,
    registers: Infinity,
    memoryBits: Infinity,
  },
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof TARGETS;
export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];

/**
 * Returns a guess at the fastest clock in MHz, for paths of at most `levels` tables; undefined for a chip without
 * delays.
 */
export const clockGuessMHz = ({ delays }: Target, levels: number): number | undefined =>
  delays === undefined ? undefined : 1000 / (delays.fixedNs + levels * delays.tableNs);
