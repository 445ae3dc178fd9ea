import { execFileSync } from 'node:child_process';
import type { Board } from './catalogue.js';

/** What a program takes of its chip, in bytes. */
export interface ProgramSizes {
  readonly flashBytes: number;
  /** Data that have a place of their own: without the stack. */
  readonly ramBytes: number;
  /** The RAM that the linker script leaves to the stack: its lowest address, and its length. */
  readonly stackAddress: number;
  readonly stackBytes: number;
}

/** For each family, where RAM is, as its tools number it, and the symbols around what is left for the stack. */
const FAMILIES = {
  'cortex-m': { ram: [0x20000000, 0x30000000], stack: ['stack_bottom', 'stack_top'] },
  riscv: { ram: [0x80000000, 0x90000000], stack: ['stack_bottom', 'stack_top'] },
  avr: { ram: [0x800000, 0x810000], stack: ['_end', '__stack'] },
} as const;

const run = (command: string, ...parameters: readonly string[]): string =>
  execFileSync(command, parameters, { encoding: 'utf8' });

/** Reads the sizes of a program out of its ELF file, with the tools of its compiler. */
export const programSizes = (family: Board['family'], prefix: string, elf: string): ProgramSizes => ({
  ...sections(family, prefix, elf),
  ...stack(family, prefix, elf),
});

/** Sections that the chip is loaded with, and those that take RAM; the stack not counted. */
function sections(family: Board['family'], prefix: string, elf: string): Pick<ProgramSizes, 'flashBytes' | 'ramBytes'> {
  const [ramStart, ramEnd] = FAMILIES[family].ram;
  let flashBytes = 0;
  let ramBytes = 0;
  for (const line of run(`${prefix}readelf`, '-SW', elf).split('\n')) {
    const match = /\] \.\S+\s+(PROGBITS|NOBITS)\s+(\w+) \w+ (\w+) \w+ +W?AX?/.exec(line);
    if (!match) continue;
    const [address, size] = [parseInt(match[2], 16), parseInt(match[3], 16)];
    if (match[1] === 'PROGBITS') flashBytes += size;
    if (address >= ramStart && address < ramEnd) ramBytes += size;
  }
  return { flashBytes, ramBytes };
}

/** Tools for AVRs number RAM from 0x800000; its first push goes to `__stack` itself. */
function stack(
  family: Board['family'],
  prefix: string,
  elf: string,
): Pick<ProgramSizes, 'stackAddress' | 'stackBytes'> {
  const symbols = run(`${prefix}nm`, elf);
  const [bottom, top] = FAMILIES[family].stack.map((name) => {
    const match = new RegExp(`^(\\w+) \\w ${name}$`, 'm').exec(symbols);
    if (!match) throw new Error(`${elf} has no symbol ${name}.`);
    return parseInt(match[1], 16);
  });
  if (family !== 'avr') return { stackAddress: bottom, stackBytes: top - bottom };
  const stackAddress = bottom & 0xffff;
  return { stackAddress, stackBytes: top + 1 - stackAddress };
}
