import { FormatError } from '@adiabit/simulator/errors';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adamUpdate, defaultAdam } from '../learning/adam.js';
import { initialState } from '../learning/training-state.js';
import { resolveLayers } from '../network/network.js';
import { copyParameters, trainableArrays } from '../network/parameters.js';
import { fixedStepAfter } from '../schedules/fixed.js';
import { courseOf } from '../schedules/schedules.js';
import { toyRecipe } from '../testing/toy-problem.js';
import { checkpointIdentity, decodeCheckpoint, encodeCheckpoint, type RunIdentity } from './checkpoint-format.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';

const recipe = toyRecipe();
const layers = resolveLayers(recipe.network);
const firstStep = courseOf(recipe.schedule).first();
const identity: RunIdentity = { recipe, seed: 4, backend: 'wasm', dataset: 'd1' };

/** A state in which no two arrays are equal. */
function usedState() {
  const state = initialState(layers, 4, firstStep);
  const arrays = trainableArrays(layers, state.parameters);
  const gradients = arrays.map((array) => array.map((value, index) => value + 0.01 * index - 0.3));
  state.best = { epoch: 1, hardAccuracy: 0.875, parameters: copyParameters(state.parameters) };
  adamUpdate(defaultAdam, state.adam, 0.01, arrays, gradients);
  state.random.nextWord();
  state.epoch = 2;
  state.step = fixedStepAfter(recipe.schedule, 2);
  const outcome = { epochs: 6, kWeight: 3, kActivation: 3, learningRate: 0.1, loss: 1 / 3, softAccuracy: 0.9 };
  state.history.push({ epoch: 1, ...outcome, hardAccuracy: 0.875, isBest: true });
  state.history.push({ epoch: 2, ...outcome, hardAccuracy: 0.75, isBest: false });
  return state;
}

function decodeError(bytes: Uint8Array, expected = identity): FormatError {
  try {
    decodeCheckpoint(bytes, expected, layers, 'file');
  } catch (error) {
    if (error instanceof FormatError) return error;
  }
  throw new Error('It did not fail with a FormatError.');
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a state comes back from its bytes whole', () => {
  const state = usedState();
  const { random, ...rest } = decodeCheckpoint(encodeCheckpoint(identity, state), identity, layers, 'file');
  const { random: originalRandom, ...original } = state;
  expect(rest).toEqual(original);
  expect(random.state).toEqual(originalRandom.state);
});

test('a checkpoint that names activations by the letters of the paper is of the same training', () => {
  const [hidden, ...rest] = recipe.network.layers;
  const network = { ...recipe.network, layers: [{ ...hidden, activation: 'RL' }, ...rest] };
  const letters = { ...identity, recipe: { ...recipe, network } } as unknown as RunIdentity;
  const bytes = encodeCheckpoint(letters, usedState());
  expect(Buffer.from(bytes).includes('"activation":"RL"')).toBe(true);
  expect(decodeCheckpoint(bytes, identity, layers, 'file').epoch).toBe(2);
  expect(checkpointIdentity(bytes, 'file')).toEqual(JSON.parse(JSON.stringify(identity)));
});

test('a state without a best network comes back too', () => {
  const state = initialState(layers, 4, firstStep);
  expect(decodeCheckpoint(encodeCheckpoint(identity, state), identity, layers, 'file').best).toBeUndefined();
});

test('a file is replaced as a whole, in a folder that is made when needed', async () => {
  const file = join(folder, 'deep', 'run.checkpoint');
  await saveCheckpoint(file, identity, initialState(layers, 4, firstStep));
  await saveCheckpoint(file, identity, usedState());
  expect(await readdir(join(folder, 'deep'))).toEqual(['run.checkpoint']);
  expect((await loadCheckpoint(file, identity, layers)).epoch).toBe(2);
});

test('a file that cannot be written or found is a typed error', async () => {
  await writeFile(join(folder, 'file'), '');
  const saving = saveCheckpoint(join(folder, 'file', 'x'), identity, initialState(layers, 4, firstStep));
  await expect(saving).rejects.toMatchObject({ code: 'file.wrong-kind' });
  await expect(loadCheckpoint(join(folder, 'none'), identity, layers)).rejects.toMatchObject({
    code: 'data.not-found',
  });
});

test('a file cut at any length is refused, and a flipped bit anywhere too', () => {
  const bytes = encodeCheckpoint(identity, usedState());
  for (const length of [0, 4, 8, 20, 47, 48, 60, 700, bytes.length - 1]) {
    const { code } = decodeError(bytes.slice(0, length));
    const expected = length < 8 ? ['format.bad-magic'] : ['format.truncated', 'format.digest-mismatch'];
    expect(expected).toContain(code);
  }
  for (let offset = 0; offset < bytes.length; offset += 97) {
    const damaged = bytes.slice();
    damaged[offset] ^= 0x10;
    expect(decodeError(damaged).code).toMatch(/^format\./);
  }
});

test('another version is named', () => {
  const bytes = encodeCheckpoint(identity, usedState()).slice();
  bytes[8] = 2;
  const error = decodeError(bytes);
  expect(error.code).toBe('format.unsupported-version');
  expect(error.details['version']).toBe(2);
});

test.each<[string, Partial<RunIdentity>, string, string, string]>([
  ['seed', { seed: 5 }, 'seed', '4', '5'],
  ['backend', { backend: 'cpu' }, 'backend', '"wasm"', '"cpu"'],
  ['data set', { dataset: 'd2' }, 'dataset', '"d1"', '"d2"'],
  ['batch size', { recipe: { ...recipe, batchSize: 8 } }, 'recipe.batchSize', '16', '8'],
  ['mode', { recipe: toyRecipe('weights') }, 'recipe.network.name', '"toy-both"', '"toy-weights"'],
  [
    'width',
    { recipe: { ...recipe, network: { ...recipe.network, layers: recipe.network.layers.slice(1) } } },
    'recipe.network.layers.0.units',
    '16',
    '3',
  ],
])('a checkpoint of another %s says what differs', (_, change, field, found, expected) => {
  const error = decodeError(encodeCheckpoint(identity, usedState()), { ...identity, ...change });
  expect(error.code).toBe('format.bad-value');
  expect(error.details).toEqual({ file: 'file', field, found, expected });
  expect(error.message).toContain(`its ${field} is ${found}, here it is ${expected}`);
});
