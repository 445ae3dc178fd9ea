import { z } from 'zod';
import { CIRCUIT_FORMS } from '../../compile/circuit-of.js';
import { withEpochs } from '../../train/recipes/with-epochs.js';
import { backendNames } from '../../train/backends/names.js';
import { compileToFile, fitRecipe, loadDataOf, trainToFolder } from '../../workflow/index.js';
import { recipeNamed } from '../parse.js';
import { dataIn, fields, tool, type Tool } from './tool.js';

const MOST_EPOCHS = 10_000;

const train = tool({
  name: 'train',
  description:
    'Trains a recipe on data and freezes it to exact integers. Leaves a checkpoint, training.json, report.html and NAME.model.json in a folder; what a training before has left there is replaced.',
  access: 'write',
  input: {
    recipe: z.string().describe('the name of a recipe; see "recipes"'),
    data: fields.data,
    out: z.string().describe('the folder for the results, from the root folder on'),
    seed: fields.seed,
    epochs: z.int().min(1).max(MOST_EPOCHS).optional().describe('another number of epochs than the recipe has'),
    backend: z.enum(['auto', ...backendNames]).default('auto'),
  },
  call: async ({ recipe: name, data, out, seed, epochs, backend }, { root, ...following }) => {
    const named = recipeNamed(name);
    const recipe = epochs === undefined ? named : withEpochs(named, epochs);
    const folder = await root.output(out);
    const from = await dataIn(root, data);
    const dataset = await loadDataOf(recipe, from, following);
    const fitted = await fitRecipe(recipe, dataset, { data: from });
    const { record, files } = await trainToFolder({
      recipe: fitted.recipe,
      dataset,
      seed,
      backend,
      folder,
      ...following,
    });
    const { epochs: trained, bestEpoch, hardTestAccuracy, frozenTestAccuracy, notFrozen, seconds } = record;
    const written = Object.values(files).map((file: string) => root.nameOf(file));
    return { epochs: trained, bestEpoch, hardTestAccuracy, frozenTestAccuracy, notFrozen, seconds, files: written };
  },
});

const compile = tool({
  name: 'compile',
  description:
    'Compiles a frozen model to a circuit and writes its bitstream. Says cells, cycles, bytes and the digest.',
  access: 'write',
  input: {
    model: z.string().describe('a .model.json file, from the root folder on'),
    output: z
      .string()
      .regex(/\.abit$/)
      .describe('the .abit file to write, from the root folder on'),
    form: z.enum(['auto', ...CIRCUIT_FORMS]).default('auto'),
    board: z.string().optional().describe('a board whose flash and RAM it must fit'),
    seed: fields.seed,
  },
  call: async ({ model, output, form, board, seed }, { root, ...following }) => {
    const places = { modelFile: await root.file(model), output: await root.place(output) };
    const goals = board === undefined ? {} : { board };
    const { report } = await compileToFile({ ...places, form, seed, ...goals, ...following });
    return { output, ...report };
  },
});

/** Tools that write files below the root folder. */
export const writeTools: readonly Tool[] = [train, compile];
