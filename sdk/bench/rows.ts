/** What every benchmark has in common: rows, rounds that alternate, and `--json FILE`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { scriptFlags } from './flags.js';

/** One figure beside what a user would otherwise pick, measured in turns in the same run. */
export interface Row {
  /** For example `train.mnist.b32.wasm`. */
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** What it was compared with, in words; empty when nothing was. */
  readonly against: string;
  /** Ours over theirs, above 1 when ours is better; null when nothing was compared. */
  readonly ratio: number | null;
}

export interface BenchFlags {
  readonly json: string | undefined;
  /** Fewer rounds, smaller cases. */
  readonly quick: boolean;
  /** Only cases whose id holds this text. */
  readonly only: string;
}

const USAGE = `Options: [--quick] fewer rounds, smaller cases; [--only TEXT] cases whose id holds it; [--json FILE]`;

export function benchFlags(): BenchFlags {
  const options = {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  } as const;
  const values = scriptFlags(USAGE, () => parseArgs({ options }));
  return { json: values.json, quick: values.quick, only: values.only };
}

/** The medians of ours, of the other side's, and of ours over theirs round by round, over rounds in which both take their turn. */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ readonly value: number; readonly other: number; readonly ratio: number }> {
  const values: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < rounds; round++) {
    values.push(await ours());
    others.push(await theirs());
  }
  const ratios = values.map((value, round) => value / others[round]);
  return { value: median(values), other: median(others), ratio: median(ratios) };
}

export function printRows(rows: readonly Row[]): void {
  for (const { id, value, unit, against, ratio } of rows) {
    const compared = ratio === null ? '' : `  ${ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)} x ${against}`;
    process.stdout.write(`${id.padEnd(60)} ${value.toPrecision(4).padStart(10)} ${unit}${compared}\n`);
  }
}

/** Writes the rows when a file was named; its folder is made. */
export function writeRows(rows: readonly Row[], { json }: { readonly json?: string | undefined }): void {
  if (json === undefined) return;
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, JSON.stringify(rows, undefined, 1) + '\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
