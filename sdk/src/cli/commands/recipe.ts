import { Command } from 'commander';
import { printConfig } from '../../project/print-config.js';
import { familyOf, recipeFamilies } from '../../train/recipes/families.js';
import { recipeNamed } from '../parse.js';
import { recipesTable } from '../print/train.js';
import { createTerminal } from '../terminal.js';

export const recipeCommand = (): Command =>
  new Command('recipe')
    .summary('print a recipe that ships as a config, or list them')
    .description(
      'Prints a recipe that ships as a config that works: adiabit recipe mnist-both > adiabit.config.ts. Without a name it lists them.',
    )
    .argument('[name]', 'a recipe')
    .option('--json', 'print as JSON')
    .action((name: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const terminal = createTerminal(json);
      if (name === undefined) {
        terminal.say(recipesTable());
        terminal.result(
          recipeFamilies.flatMap(({ task, recipes }) =>
            recipes.map((one) => ({ name: one.name, description: one.description, task: task.name })),
          ),
        );
        return;
      }
      const recipe = recipeNamed(name);
      if (!json) terminal.say(printConfig(recipe, familyOf(recipe).task).trimEnd());
      terminal.result(recipe);
    });
