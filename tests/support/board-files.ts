import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const firmware = (path: string): string => fileURLToPath(new URL(`../../firmware-templates/${path}`, import.meta.url));

export interface BoardEntry {
  readonly id: string;
  readonly family: string;
  readonly clockHz: number;
  readonly flashBytes: number;
  readonly ramBytes: number;
  readonly baudRate: number;
  readonly maxPayloadBytes: number;
  readonly windowBytes: number;
  readonly slotCount: number;
  readonly slotBytes: number;
  /** Where the emulator cannot write flash, slots are in RAM, and smaller. */
  readonly emulatedSlotBytes?: number;
  readonly workBytes: number;
  /** False where the firmware runs dense binary layers only. */
  readonly operators?: boolean;
  readonly counterUnit: string;
  readonly counterHz: number;
  readonly image: string;
  readonly userImage: string;
  readonly loadAddress: number;
}

export const boardEntries = (): readonly BoardEntry[] =>
  JSON.parse(readFileSync(firmware('boards.json'), 'utf8')) as BoardEntry[];

export const boardEntry = (id: string): BoardEntry => boardEntries().find((board) => board.id === id)!;

/** Path of the committed image of a board. */
export const imageOf = (id: string): string => firmware(`images/${boardEntry(id).image}`);

export const imagePath = (file: string): string => firmware(`images/${file}`);
