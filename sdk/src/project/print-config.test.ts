import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { familyOf, recipeFamilies } from '../train/recipes/families.js';
import { exampleFormOf } from './data.js';
import { loadProject } from './load-config.js';
import { printConfig } from './print-config.js';
import { projectRecipe } from './recipe.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-print-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const shipped = recipeFamilies.flatMap(({ recipes }) => recipes);

test.each(shipped)('the printed config of $name loads back to the equal recipe', async (recipe) => {
  const file = join(folder, `${recipe.name}.ts`);
  await writeFile(file, printConfig(recipe, familyOf(recipe).task));
  const { config } = await loadProject(file);
  expect(projectRecipe(config, exampleFormOf(config.data)!)).toEqual(JSON.parse(JSON.stringify(recipe)));
});

test('a printed config leaves out what the data say, and no line is longer than the editor is wide', () => {
  const [{ recipes, task }] = recipeFamilies;
  const text = printConfig(recipes[0], task);
  expect(text).toContain("data: { format: 'mnist' }");
  expect(text).not.toMatch(/inputs:|inputBits:|divisor:/);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});
