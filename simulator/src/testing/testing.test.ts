import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeBitstream } from '../bitstream/encode.js';
import { elaborate } from '../fabric/elaborate.js';
import { randomNetwork } from '../fabric/testing/random-network.js';
import { inputVectors, readGolden } from './index.js';

/** Bytes of a random network; `change` alters its configuration. */
function bitstreamOf(widths: readonly number[], inputBits: number, thresholdStep = 0): Uint8Array {
  let state = 12345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const { architecture, configuration } = randomNetwork(widths, inputBits, 1, next);
  const [first, ...rest] = configuration;
  const changed = { ...first, thresholds: first.thresholds.map((threshold) => Math.max(0, threshold - thresholdStep)) };
  const description = { name: 'random', modelDigest: '00'.repeat(32), compiler: 'test' };
  return encodeBitstream({ architecture, configuration: [changed, ...rest], goldenVectors: [], description });
}

const bytes = bitstreamOf([20, 12, 3], 8);
const other = bitstreamOf([20, 12, 3], 8, 300);

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
    expect(await messageOf(expect(bytes).toBeEquivalentTo(bitstreamOf([20, 12, 4], 8)))).toContain(
      'takes and gives 20 inputs of 8 bits and 3 outputs',
    );
  });

  it('tries every input there is when they have 12 bits or fewer', async () => {
    const { architecture, configuration } = randomNetwork([6, 3, 2], 2, 0, (below) => below - 1);
    const circuit = elaborate('small', architecture, configuration);
    const inputs = inputVectors(circuit, 10, 1);
    expect(new Set(inputs.map((input) => input.join())).size).toBe(4096);
    await expect(circuit).toBeEquivalentTo(circuit);
  });
});

describe('toMeetLatency', () => {
  it('holds the circuit to a budget', async () => {
    const { timing } = elaborate('timed', ...networkOf());
    await expect(bytes).toMeetLatency({ latency: timing.latency, initiationInterval: 8 });
    await expect(bytes).not.toMeetLatency({ latency: timing.latency - 1 });
    expect(await messageOf(expect(bytes).toMeetLatency({ initiationInterval: 7 }))).toContain('an inference every 8');
  });
});

const networkOf = () => {
  const { architecture, configuration } = randomNetwork([20, 12, 3], 8, 1, () => 0);
  return [architecture, configuration] as const;
};

it('drawn inputs are the same for the same seed and others for another', () => {
  const circuit = elaborate('drawn', ...networkOf());
  expect(inputVectors(circuit, 3, 1)).toEqual(inputVectors(circuit, 3, 1));
  expect(inputVectors(circuit, 3, 1)).not.toEqual(inputVectors(circuit, 3, 2));
});

it('anything else is refused by a sentence', async () => {
  const wrong = 17 as unknown as Uint8Array;
  await expect(messageOf(expect(wrong).toMeetLatency({}))).resolves.toContain('Expected the path of a bitstream');
});
