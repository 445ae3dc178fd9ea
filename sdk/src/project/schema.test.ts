import { describe, expect, it } from 'vitest';
import { readConfig } from './schema.js';

const layers = [
  { units: 8, activation: 'tanh' },
  { units: 3, activation: 'none' },
];
const recipe = {
  network: { layers, mode: 'both' },
  batchSize: 8,
  schedule: {
    phases: [{ kWeight: 3, kActivation: 3, epochs: 1 }],
    learningRate: { initial: 0.01, k0: 3, power: 0.2, follows: 'kWeight' },
  },
};
const data = { format: 'folder', path: 'shapes', pictures: [12, 12] };
const config = { name: 'shapes', data, recipe };
const issuesOf = (value: unknown): readonly string[] =>
  (readConfig(value).issues ?? []).map(({ path, message }) => `${path}: ${message}`);

describe('readConfig', () => {
  it('fills in what a config leaves out', () => {
    expect(readConfig(config).config).toMatchObject({
      seed: 1,
      backend: 'auto',
      golden: 4,
      output: 'network',
      targets: { boards: [], circuits: [], c: false },
      budgets: {},
    });
    const targets = { circuits: [{ chip: 'ice40-up5k' }] };
    expect(readConfig({ ...config, targets }).config?.targets.circuits).toEqual([
      { name: 'ice40-up5k', chip: 'ice40-up5k', form: 'auto' },
    ]);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, [': Invalid input: expected object, received null']],
    ['a missing name', { ...config, name: undefined }, ['name: it is missing']],
    ['a stranger', { ...config, budget: {} }, [': nothing here is called budget']],
    [
      'a recipe that does not ship',
      { ...config, recipe: 'mnist' },
      ['recipe: there is no recipe "mnist"; "adiabit recipe" lists those that ship'],
    ],
    [
      'units that are none',
      {
        ...config,
        recipe: { ...recipe, network: { layers: [layers[0], { units: 0, activation: 'none' }], mode: 'both' } },
      },
      ['recipe.network.layers.1.units: Too small: expected number to be >=1'],
    ],
    [
      'neither pictures nor sounds',
      { ...config, data: { format: 'folder', path: 'x' } },
      ['data: give pictures or sounds'],
    ],
    [
      'a product that no manifest can name',
      { ...config, signing: { product: 'Acme Doorbell', securityCounter: 1 } },
      ['signing.product: give lower-case letters, digits, "." and "-", at most 32 in all'],
    ],
    [
      'a version of firmware that is none',
      { ...config, signing: { product: 'acme', securityCounter: 1, minimumFirmware: '1.256' } },
      ['signing.minimumFirmware: give two numbers up to 255 with a point between them, such as 0.2'],
    ],
    [
      'signing without a counter',
      { ...config, signing: { product: 'acme' } },
      ['signing.securityCounter: it is missing'],
    ],
    ['an unknown board', { ...config, targets: { boards: ['pico'] } }, ['targets.boards.0: there is no board "pico"']],
    [
      'two circuits of one name',
      { ...config, targets: { circuits: [{ chip: 'lut4' }, { chip: 'lut4', form: 'folded' }] } },
      ['targets.circuits.1.name: two circuits are called "lut4"'],
    ],
    [
      'a budget of a board that is no target',
      { ...config, targets: { boards: ['rp2040'] }, budgets: { maxCycles: { uno: 1 } } },
      ['budgets.maxCycles.uno: the targets have no "uno"; they have rp2040'],
    ],
    [
      'cycles of a board without emulator',
      { ...config, targets: { boards: ['rp2040', 'esp32c3'] }, budgets: { maxCycles: 5 } },
      ['budgets.maxCycles: esp32c3 has no emulator'],
    ],
  ])('names %s by its path', (_, value, expected) => {
    const issues = issuesOf(value);
    expect(issues).toHaveLength(expected.length);
    expected.forEach((text, index) => expect(issues[index]).toContain(text));
  });

  it('checks that the network fits the data before they are loaded', () => {
    const convolution = [
      { kind: 'convolution', filters: 2, size: 20, padding: 'valid' },
      { kind: 'flatten' },
      layers[1],
    ];
    const [issue] = issuesOf({ ...config, recipe: { ...recipe, network: { layers: convolution, mode: 'both' } } });
    expect(issue).toMatch(/^recipe\.network: .*shapes/);
  });
});
