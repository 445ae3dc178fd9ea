import { readFileSync } from 'node:fs';
import type { AvrChipData } from '../avr-chip-data.js';

const numberOf = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('0x') ? Number(value) : value;

/** Gives the chip of a board, as boards.json describes it. */
function chipOf(id: string): AvrChipData {
  const path = new URL('../../../../firmware-templates/boards.json', import.meta.url);
  const entries = JSON.parse(readFileSync(path, 'utf8'), numberOf) as readonly {
    readonly id: string;
    readonly flashBytes: number;
    readonly emulator: Omit<AvrChipData, 'flashBytes'>;
  }[];
  const { flashBytes, emulator } = entries.find((entry) => entry.id === id)!;
  return { ...emulator, flashBytes };
}

export const ATMEGA328P = chipOf('uno');
export const ATMEGA2560 = chipOf('mega');
