/** docs/results/pareto.json as the table and the picture of docs/results/pareto.md. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { paretoDrawing } from '../src/report/charts/pareto.js';

/** A network for MNIST, ours or a published one. What is absent was not measured, or not said. */
interface Network {
  readonly name: string;
  readonly kind: 'xnor' | 'logic' | 'published';
  /** Of the test digits. */
  readonly accuracy: number;
  /** Lookup tables of four or six inputs, or gates of two. */
  readonly tables?: number;
  readonly tableInputs?: number;
  /** What the tables are of. */
  readonly counted?: string;
  readonly cyclesPico?: number;
  readonly bytes?: number;
  /** Where the figures are from. */
  readonly source: string;
}

const networks = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../docs/results/pareto.json', import.meta.url)), 'utf8'),
) as readonly Network[];

const numeral = (value: number | undefined): string => value?.toLocaleString('en-US') ?? '';

const cell = ({ tables, tableInputs }: Network): string =>
  tables === undefined ? '' : `${numeral(tables)} of ${tableInputs ?? 4}`;

/** Returns the rows of the table, its heading first. */
export const paretoRows = (): readonly (readonly string[])[] => [
  ['', 'network', 'kind', 'test, %', 'tables of inputs', 'what they are of', 'cycles, Pico', 'bytes', 'from'],
  ['---:', '---', '---', '---:', '---:', '---', '---:', '---:', '---'],
  ...networks.map((network, index) => [
    String(index + 1),
    network.name,
    network.kind,
    (100 * network.accuracy).toFixed(2),
    cell(network),
    network.counted ?? '',
    numeral(network.cyclesPico),
    numeral(network.bytes),
    network.source,
  ]),
];

/** Draws accuracy against tables, and against cycles on a Pico. */
export const paretoPicture = (): string =>
  paretoDrawing(
    ['tables or gates', 'cycles on a Pico'],
    networks.map(({ accuracy, tables, cyclesPico }, index) => ({
      number: index + 1,
      accuracy,
      costs: [tables, cyclesPico],
    })),
    'test accuracy',
  );
