import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import { bitstreamOf } from '../bitstream/bitstream.js';
import { decodeBitstream } from '../bitstream/decode.js';
import { encodeBitstream } from '../bitstream/encode.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { elaborateFolded } from '../circuit/folded/elaborate-folded.js';
import { countsOf, networkOfCounts } from '../network/counts.js';
import { planMemory } from '../network/memory.js';
import type { Layer, Network } from '../network/network.js';
import { Random } from '../random.js';
import { inputVectors, readGolden } from './index.js';

/** Bytes of a random network, the thresholds of its first layer lowered by a step. */
function randomBytes(widths: readonly number[], inputBits: number, thresholdStep = 0): Uint8Array {
  let state = 12345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const network = randomNetwork(widths, inputBits, 1, next);
  const [first, ...rest] = countsOf(network);
  const changed = { ...first, thresholds: first.thresholds.map((threshold) => Math.max(0, threshold - thresholdStep)) };
  const description = { name: 'random', modelDigest: '00'.repeat(32), compiler: 'test' };
  return encodeBitstream(bitstreamOf(networkOfCounts([changed, ...rest]), description));
}

const bytes = randomBytes([20, 12, 3], 8);
const other = randomBytes([20, 12, 3], 8, 300);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-testing-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const messageOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'passed',
    (error: unknown) => (error as Error).message,
  );

describe('toMatchGolden', () => {
  it('writes a missing file, matches it from then on, and tells the first vector that differs', async () => {
    vi.stubEnv('CI', '');
    const golden = join(folder, 'written.golden.json');
    await expect(bytes).toMatchGolden(golden, { vectors: 20, seed: 7 });
    const file = await readGolden(golden);
    expect(file?.made).toMatchObject({
      shape: '20-12-3',
      seed: 7,
      by: expect.stringMatching(/^@adiabit\/simulator \d/) as string,
    });
    expect(file?.vectors).toHaveLength(20);
    await expect(bytes).toMatchGolden(golden);
    const message = await messageOf(expect(other).toMatchGolden(golden));
    expect(message).toMatch(
      /\d+ of 20 vectors differ\. The first is vector \d+, in output \d: expected -?\d+, received -?\d+/,
    );
    expect(message).toContain('ADIABIT_UPDATE_GOLDEN=1');
    await expect(other).not.toMatchGolden(golden);
  });

  it('writes the file anew, on the inputs it has, when asked to', async () => {
    vi.stubEnv('CI', '');
    const golden = join(folder, 'updated.golden.json');
    await expect(bytes).toMatchGolden(golden, { vectors: 5, seed: 3 });
    const before = await readGolden(golden);
    vi.stubEnv('ADIABIT_UPDATE_GOLDEN', '1');
    await expect(other).toMatchGolden(golden);
    vi.unstubAllEnvs();
    const after = await readGolden(golden);
    expect(after?.vectors.map(({ input }) => input)).toEqual(before?.vectors.map(({ input }) => input));
    expect(after?.made.seed).toBe(3);
    await expect(other).toMatchGolden(golden);
  });

  it('writes nothing where CI is set', async () => {
    vi.stubEnv('CI', 'true');
    const golden = join(folder, 'absent.golden.json');
    expect(await messageOf(expect(bytes).toMatchGolden(golden))).toContain('is missing');
    expect(await readGolden(golden)).toBeUndefined();
  });

  it('refuses files that are not golden, of another version or damaged', async () => {
    vi.stubEnv('CI', '');
    const golden = join(folder, 'damaged.golden.json');
    await expect(bytes).toMatchGolden(golden, { vectors: 2 });
    const text = await readFile(golden, 'utf8');
    const codeWith = async (changed: string): Promise<string> => {
      await writeFile(golden, changed);
      return readGolden(golden).then(
        () => 'none',
        (error: unknown) => (error as { code: string }).code,
      );
    };
    expect(await codeWith('{}')).toBe('format.bad-magic');
    expect(await codeWith(text.slice(5))).toBe('format.bad-magic');
    expect(await codeWith(text.replace('"version":1', '"version":2'))).toBe('format.unsupported-version');
    expect(await codeWith(text.replace('"outputs":[', '"outputs":["x",'))).toBe('format.bad-value');
    expect(await codeWith(text.replace('"made"', '"maid"'))).toBe('format.bad-value');
  });
});

describe('toBeEquivalentTo', () => {
  it('tells circuits apart, and other ports before anything is run', async () => {
    await expect(bytes).toBeEquivalentTo(bytes, { vectors: 64 });
    await expect(bytes).not.toBeEquivalentTo(other, { vectors: 64 });
    expect(await messageOf(expect(bytes).toBeEquivalentTo(randomBytes([20, 12, 4], 8)))).toContain(
      'takes and gives 20 inputs of 8 bits and 3 outputs',
    );
  });

  it('tries every input there is when they have 12 bits or fewer', async () => {
    const network = randomNetwork([6, 3, 2], 2, 0, (below) => below - 1);
    const circuit = elaborate('small', network);
    const inputs = inputVectors(circuit, 10, 1);
    expect(new Set(inputs.map((input) => input.join())).size).toBe(4096);
    await expect(circuit).toBeEquivalentTo(circuit);
  });
});

describe('toMeetLatency', () => {
  it('holds the circuit to a budget', async () => {
    const { timing } = elaborate(
      'timed',
      randomNetwork([20, 12, 3], 8, 1, () => 0),
    );
    await expect(bytes).toMeetLatency({ latency: timing.latency, initiationInterval: 8 });
    await expect(bytes).not.toMeetLatency({ latency: timing.latency - 1 });
    expect(await messageOf(expect(bytes).toMeetLatency({ initiationInterval: 7 }))).toContain('an inference every 8');
  });
});

describe('networks of any layers', () => {
  const random = Random.fromSeed(11, 'operators to test');
  const next = (below: number): number => random.below(below);
  const network: Network = {
    input: { count: 36, bits: 3 },
    layers: [
      {
        kind: 'convolution',
        inputEncoding: 'unsigned',
        inputShape: [6, 6, 1],
        outputShape: [6, 6, 4],
        size: [3, 3],
        stride: [1, 1],
        padding: [1, 1],
        weights: bitMatrixFrom(4, 9, () => next(2) === 1),
        activation: { kind: 'threshold', thresholds: Int32Array.from({ length: 4 }, () => next(9) - 4) },
      },
      {
        kind: 'pool',
        operation: 'sum',
        inputShape: [6, 6, 4],
        outputShape: [1, 1, 4],
        size: [6, 6],
        stride: [1, 1],
      },
      {
        kind: 'dense',
        inputs: 4,
        outputs: 3,
        inputEncoding: 'unsigned',
        weights: { rows: 3, columns: 4, values: Int8Array.from({ length: 12 }, () => next(255) - 127) },
        activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(5, 0, -5) },
      },
    ],
  };
  const bytesOf = (changed: Network): Uint8Array =>
    encodeBitstream({
      network: changed,
      memory: planMemory(changed),
      goldenVectors: [],
      description: { name: 'operators', modelDigest: '00'.repeat(32), compiler: 'test' },
    });
  const folding = {
    inputValues: 1,
    layers: [
      { pe: 4, simd: 1 },
      { pe: 2, simd: 2 },
      { pe: 1, simd: 2 },
    ],
  };
  const folded = elaborateFolded('folded', network, folding);
  const [first, ...rest] = network.layers;
  const louder: Network = {
    ...network,
    layers: [
      { ...first, activation: { kind: 'threshold', thresholds: Int32Array.of(-90, -90, -90, -90) } } as Layer,
      ...rest,
    ],
  };

  it('are pinned as bytes and as folded circuits by one golden file', async () => {
    vi.stubEnv('CI', '');
    const golden = join(folder, 'operators.golden.json');
    await expect(bytesOf(network)).toMatchGolden(golden, { vectors: 12, seed: 2 });
    const file = await readGolden(golden);
    expect(file?.made).toMatchObject({ shape: '36-144-4-3', seed: 2, bitstream: expect.any(String) as string });
    await expect(folded).toMatchGolden(golden);
    expect(await messageOf(expect(bytesOf(louder)).toMatchGolden(golden))).toMatch(/\d+ of 12 vectors differ/);
    await expect(elaborateFolded('louder', louder, folding)).not.toMatchGolden(golden);
  });

  it('are equivalent to their folded circuits, cycle by cycle, and to no others', async () => {
    await expect(folded).toBeEquivalentTo(bytesOf(network), { vectors: 40 });
    await expect(folded).not.toBeEquivalentTo(bytesOf(louder), { vectors: 40 });
    const other = expect(folded).toBeEquivalentTo(bytes);
    expect(await messageOf(other)).toContain('takes and gives 36 inputs of 3 bits and 3 outputs');
  });

  it('have a latency once they are folded', async () => {
    const { latency, initiationInterval } = folded.timing;
    await expect(folded).toMeetLatency({ latency, initiationInterval });
    await expect(folded).not.toMeetLatency({ latency: latency - 1 });
    for (const refused of [
      expect(bytesOf(network)).toMeetLatency({ latency }),
      expect(bytesOf(network)).not.toMeetLatency({ latency }),
    ])
      expect(await messageOf(refused)).toContain('a matter of their folding');
  });

  it('are run as circuits in the form and the folding that the test names', async () => {
    const { latency, initiationInterval } = folded.timing;
    await expect(bytesOf(network)).toMeetLatency({ latency, initiationInterval }, { folding });
    await expect(bytes).toBeEquivalentTo(elaborate('dense', decodeBitstream(bytes).network), {
      form: 'folded',
      vectors: 9,
    });
    const { timing } = elaborate('dense', decodeBitstream(bytes).network);
    const refused = expect(bytes).toMeetLatency({ latency: timing.latency }, { form: 'folded' });
    expect(await messageOf(refused)).toContain('a matter of their folding');
    await expect(bytes).toMeetLatency({ latency: timing.latency }, { form: 'configurable' });
    const unrolled = expect(bytesOf(network)).toBeEquivalentTo(folded, { form: 'configurable' });
    await expect(unrolled).rejects.toMatchObject({ code: 'compile.unsupported' });
  });

  it('refuse inputs that they do not take', async () => {
    const inputs = [new Uint8Array(35)];
    const refused = expect(bytesOf(network)).toBeEquivalentTo(folded, { inputs });
    expect(await messageOf(refused)).toContain('Input 0 has 35 values');
  });
});

it('drawn inputs are the same for the same seed and others for another', () => {
  const circuit = elaborate(
    'drawn',
    randomNetwork([20, 12, 3], 8, 1, () => 0),
  );
  expect(inputVectors(circuit, 3, 1)).toEqual(inputVectors(circuit, 3, 1));
  expect(inputVectors(circuit, 3, 1)).not.toEqual(inputVectors(circuit, 3, 2));
});

it('anything else is refused by a sentence', async () => {
  const wrong = 17 as unknown as Uint8Array;
  await expect(messageOf(expect(wrong).toMeetLatency({}))).resolves.toContain('Expected the path of a bitstream');
});
