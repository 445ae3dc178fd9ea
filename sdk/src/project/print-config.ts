import type { Task } from '../train/datasets/task.js';
import type { Recipe } from '../train/recipes/recipes.js';
import type { DataConfig, ProjectConfig, ProjectRecipe } from './config.js';
import { inputsFor } from './recipe.js';

/** Columns of a printed config. */
const WIDTH = 120;

/** Prints a recipe that ships as the config of a project, in TypeScript: it loads back to the same recipe. */
export function printConfig(recipe: Recipe, task: Task): string {
  const data = dataFor(task);
  const config: ProjectConfig = { name: recipe.name, data, recipe: withoutWhatFollows(recipe, task) };
  return [
    "import { defineConfig } from '@adiabit/sdk/config';",
    '',
    ...(data.format === 'folder'
      ? ['// Put your own data in the place of "data": a folder for each class will do.']
      : []),
    `export default defineConfig(${print(config, 0, WIDTH - 'export default defineConfig();'.length)});`,
    '',
  ].join('\n');
}

function dataFor({ kind, name, shape, ...task }: Task): DataConfig {
  if (name === 'mnist') return { format: 'mnist' };
  if (kind === 'picture') return { format: 'folder', path: 'data', pictures: shape as [number, number] };
  const { sampleRateHz } = task as { readonly sampleRateHz: number };
  return { format: 'folder', path: 'data', sounds: { samples: shape[0], sampleRateHz } };
}

/** Leaves out what the data and the name of the project say. */
function withoutWhatFollows({ name, description, network, ...rest }: Recipe, task: Task): ProjectRecipe {
  const follows: Readonly<Record<string, unknown>> = {
    name,
    ...inputsFor(network.layers, task),
    divisor: 2 ** network.inputBits - 1,
  };
  const own = Object.entries(network).filter(([key, value]) => JSON.stringify(follows[key]) !== JSON.stringify(value));
  return { description, network: Object.fromEntries(own), ...rest } as unknown as ProjectRecipe;
}

/** Prints a JSON value as TypeScript: in one line if that has room, else a line a field. */
function print(value: unknown, indent: number, room: number): string {
  const line = inLine(value);
  if (typeof value !== 'object' || value === null || line.length <= room) return line;
  const inner = ' '.repeat(indent + 2);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => {
      const name = Array.isArray(value) ? '' : `${key}: `;
      return `${inner}${name}${print(part, indent + 2, WIDTH - inner.length - name.length - 1)},\n`;
    });
  return `${open}\n${parts.join('')}${' '.repeat(indent)}${close}`;
}

function inLine(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{ ${fields.map(([key, part]) => `${key}: ${inLine(part)}`).join(', ')} }`;
}

const quoted = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
