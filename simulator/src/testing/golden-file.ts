import { readFile, rename, writeFile } from 'node:fs/promises';
import { FormatError } from '../errors.js';
import type { GoldenVector } from '../bitstream/bitstream.js';

/** The inputs of a circuit with its outputs, and their origin. */
export interface GoldenFile {
  readonly made: GoldenProvenance;
  readonly vectors: readonly GoldenVector[];
}

export interface GoldenProvenance {
  /** The tool and its version. */
  readonly by: string;
  /** The widths of the layers, as "784-128-10". */
  readonly shape: string;
  /** The SHA-256 of the bitstream, if there was one. */
  readonly bitstream?: string;
  /** The seed of the inputs, if they were drawn at random. */
  readonly seed?: number;
}

const FORMAT = 'adiabit-golden';
const VERSION = 1;

/** Writes the file under a temporary name and renames it. */
export async function writeGolden(path: string, { made, vectors }: GoldenFile): Promise<void> {
  const rows = vectors.map(({ input, outputs }) => ({
    input: Buffer.from(input).toString('base64'),
    outputs: [...outputs],
  }));
  const head = JSON.stringify({ format: FORMAT, version: VERSION, made }).slice(0, -1);
  const text = `${head},"vectors":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

/**
 * Reads a golden file; undefined if there is none.
 * @throws FormatError if it is no golden file, or of another version
 */
export async function readGolden(path: string): Promise<GoldenFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseGolden(text, path);
}

function parseGolden(text: string, path: string): GoldenFile {
  const content = parseJson(text);
  if (!isRecord(content) || content['format'] !== FORMAT) {
    throw new FormatError('bad-magic', `${path} is not a file of golden vectors.`, { source: path });
  }
  if (content['version'] !== VERSION) {
    const message = `${path} is of version ${String(content['version'])}; this Adiabit reads version ${VERSION}.`;
    throw new FormatError('unsupported-version', message, { source: path });
  }
  const { made, vectors } = content;
  if (!isProvenance(made) || !Array.isArray(vectors)) throw damaged(path, 'made or vectors are missing');
  return { made, vectors: vectors.map((row: unknown, index) => vectorOf(row, index, path)) };
}

function vectorOf(row: unknown, index: number, path: string): GoldenVector {
  const isVector = isRecord(row) && typeof row['input'] === 'string' && Array.isArray(row['outputs']);
  if (!isVector) throw damaged(path, `vector ${index} has no input or no outputs`);
  const outputs: readonly unknown[] = row['outputs'] as readonly unknown[];
  if (!outputs.every((value) => Number.isInteger(value)))
    throw damaged(path, `vector ${index} has outputs that are no integers`);
  return {
    input: new Uint8Array(Buffer.from(row['input'] as string, 'base64')),
    outputs: Int32Array.from(outputs as readonly number[]),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isProvenance = (value: unknown): value is GoldenProvenance =>
  isRecord(value) && typeof value['by'] === 'string' && typeof value['shape'] === 'string';

const damaged = (path: string, what: string): FormatError =>
  new FormatError('bad-value', `${path}: ${what}. Make it again with ADIABIT_UPDATE_GOLDEN=1.`, { source: path });
